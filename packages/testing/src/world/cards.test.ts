import { expect, test } from "bun:test";
import type { Hex } from "@yanshu/client";
import { fromHex } from "@yanshu/wire";
import { answerClaims } from "../evidence/evil/operator.ts";
import { type Person, World } from "../index.ts";

const cardIn = (person: Person, chat: Hex) => {
  const item = person.items(chat).findLast(({ body }) => body.kind === "card");
  if (item?.body.kind !== "card") throw new Error(`${person.name} sees no card`);
  return { conversation: chat, author: item.from.account, id: item.id, body: item.body };
};
const passes = (person: Person, name: string) =>
  person.view("contacts").find(({ ownName }) => ownName === name)?.isPassedOn === true;

/** 妈妈 knows both Ben and Cat, who do not know each other. */
async function family(seed: number) {
  const world = new World({ seed });
  const [mum, ben, cat] = [await world.person("妈妈"), await world.person("Ben"), await world.person("Cat")];
  const withBen = await world.befriend(mum, ben);
  const withCat = await world.befriend(cat, mum);
  await world.until("mum may introduce both", () => passes(mum, "Ben") && passes(mum, "Cat"));
  return { world, mum, ben, cat, withBen, withCat };
}

test("[ID25] [ID26] [F-1a-13] a card introduces: asked by it, both know by whom, and the asker knows that it is them", async () => {
  const { world, mum, ben, cat, withBen } = await family(300);
  await mum.api.setRemark(cat.account, "小猫（欠我钱）");
  await mum.api.sendCard(withBen, cat.account);
  await world.until("Ben has the card", () => ben.items(withBen).some(({ body }) => body.kind === "card"));
  const card = cardIn(ben, withBen);
  expect(card.body).toMatchObject({ name: "Cat", account: cat.account, standing: "new" });
  expect(ben.view("chats").find(({ conversation }) => conversation === withBen)?.preview).toMatchObject({
    kind: "card",
    text: "Cat",
  });
  const chat = await world.during(ben.api.requestByCard({ ...card, greeting: "妈妈说你会修自行车" }));
  await world.until("Cat is asked", () => cat.view("requests").length === 1);
  expect(cat.view("requests")[0]).toMatchObject({
    greeting: "妈妈说你会修自行车",
    source: { kind: "card", by: "妈妈" },
  });
  expect(cardIn(ben, withBen).body.standing).toBe("requested");
  await cat.api.acceptRequest(chat);
  await world.until("they are contacts", () => ben.view("conversation", chat)?.state === "open");
  expect(ben.view("conversation", chat)).toMatchObject({ trust: "introduced", introducedBy: "妈妈" });
  expect(ben.view("contacts").find(({ account }) => account === cat.account)).toMatchObject({
    trust: "introduced",
    source: { kind: "card", by: "妈妈" },
  });
  expect(cat.view("contacts").find(({ account }) => account === ben.account)).toMatchObject({ trust: "none" });
  expect(cardIn(ben, withBen).body).toMatchObject({ standing: "contact", conversation: chat });
  // On the asker's other device too.
  const tablet = await world.linkDevice(ben);
  await world.until("the tablet is in", () => tablet.view("conversation", chat)?.state === "open");
  expect(tablet.view("conversation", chat)).toMatchObject({ trust: "introduced", introducedBy: "妈妈" });
  expect(world.bugs()).toEqual([]);
});

test("[AC8] a person who chose words for being patted can still ask and accept", async () => {
  const world = new World({ seed: 306 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  for (const one of [ann, ben]) await one.api.setPat("的肩膀");
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "hello");
  await world.until("it is read", () => ben.reads(chat).includes("hello"));
});

test("[ID25] a card is sent on, and a person who sent it on has introduced", async () => {
  const { world, mum, ben, cat, withBen } = await family(301);
  const dan = await world.person("Dan");
  const withDan = await world.befriend(ben, dan);
  await mum.api.sendCard(withBen, cat.account);
  await world.until("Ben has it", () => ben.items(withBen).some(({ body }) => body.kind === "card"));
  const { author, id } = cardIn(ben, withBen);
  await ben.api.forward({ from: withBen, messages: [{ author, id }], to: [withDan], mode: "each", note: "" });
  await world.until("Dan has it", () => dan.items(withDan).some(({ body }) => body.kind === "card"));
  await world.during(dan.api.requestByCard({ ...cardIn(dan, withDan), greeting: "hi" }));
  await world.until("Cat is asked", () => cat.view("requests").length === 1);
  // Cat does not know Ben: what Dan says of him is not repeated.
  expect(cat.view("requests")[0]?.source).toBeUndefined();
});

test("[ID24] a person who does not want their card passed on is not, and what was passed on leads nowhere", async () => {
  const { world, mum, ben, cat, withBen, withCat } = await family(302);
  await mum.api.sendCard(withBen, cat.account);
  await world.until("Ben has it", () => ben.items(withBen).some(({ body }) => body.kind === "card"));
  const tablet = await world.linkDevice(cat);
  await cat.api.setPassedOn(false);
  await world.until("mum knows", () => !passes(mum, "Cat"));
  expect(cat.view("status").me?.isPassedOn).toBe(false);
  await world.until("the tablet too", () => tablet.view("status").me?.isPassedOn === false);
  await expect(mum.api.sendCard(withBen, cat.account)).rejects.toThrow("not-passed-on");
  await expect(world.during(ben.api.requestByCard({ ...cardIn(ben, withBen), greeting: "" }))).rejects.toThrow(
    "card-over",
  );
  expect(ben.view("chats").map(({ conversation }) => conversation)).toEqual([withBen]);
  // And back: told by the other device, with a new name.
  await tablet.api.setPassedOn(true);
  await world.until("mum may again", () => passes(mum, "Cat"));
  await world.during(ben.api.requestByCard({ ...cardIn(ben, withBen), greeting: "hello" }));
  await world.until("Cat is asked", () => cat.view("requests").length === 1);
  await mum.say(withCat, "ok?");
  expect(world.bugs()).toEqual([]);
});

test("[ID24] resetting the link ends the cards that were passed on, and those who may pass on learn the new right", async () => {
  const { world, mum, ben, cat, withBen } = await family(303);
  await mum.api.sendCard(withBen, cat.account);
  await world.until("Ben has it", () => ben.items(withBen).some(({ body }) => body.kind === "card"));
  await world.during(cat.api.resetLink());
  await expect(world.during(ben.api.requestByCard({ ...cardIn(ben, withBen), greeting: "" }))).rejects.toThrow(
    "card-over",
  );
  await world.pass(5_000);
  await mum.api.sendCard(withBen, cat.account);
  await world.until("another card", () => ben.items(withBen).filter(({ body }) => body.kind === "card").length === 2);
  await world.during(ben.api.requestByCard({ ...cardIn(ben, withBen), greeting: "again" }));
  await world.until("Cat is asked", () => cat.view("requests").length === 1);
});

test("[ID24] no group hears of the right to pass on a card", async () => {
  const { world, mum, ben, cat } = await family(304);
  const group = await world.group(mum, [ben, cat], "一家人");
  await ben.say(group, "hello");
  await cat.say(group, "hello");
  await world.until("all read", () => cat.reads(group).length === 2 && ben.reads(group).length === 2);
  const held = ben.disk.get<{ passing: unknown }>("SELECT passing FROM people WHERE account = ?", fromHex(cat.account));
  expect(held?.passing ?? null).toBeNull();
  await expect(ben.api.sendCard(group, cat.account)).rejects.toThrow("unknown-contact");
});

test("[ID25] a home that shows another past than the introducer knows is found out", async () => {
  const { world, mum, ben, cat, withBen } = await family(305);
  await world.linkDevice(cat); // Her list has a second entry, which mum learns of.
  await world.until("mum knows of it", () => entriesAt(mum, cat) === 2);
  await mum.api.sendCard(withBen, cat.account);
  await world.until("Ben has it", () => ben.items(withBen).some(({ body }) => body.kind === "card"));
  // The evil home hides the newer entry: what the card says holds, and the hidden device is missed.
  const answered = answerClaims(world, ben, (answer) => ({
    ...answer,
    history: { ...answer.history, entries: answer.history.entries.slice(0, 1) },
  }));
  await world.during(ben.api.requestByCard({ ...cardIn(ben, withBen), greeting: "hi" }));
  expect(answered()).toBe(1);
  expect(entriesAt(ben, cat)).toBe(2);
});

function entriesAt(person: Person, of: Person): number {
  return (
    person.disk.get<{ count: number }>(
      "SELECT count(*) AS count FROM account_entries WHERE account = ?",
      fromHex(of.account),
    )?.count ?? 0
  );
}
