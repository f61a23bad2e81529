/** What a device that was just linked, or that came back, shows of people and chats: the same as the one beside it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encodeBody, encodeSyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { addToOutbox } from "@yanshu/store";
import { fromHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";

setDefaultTimeout(60_000);

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Ann knows Ben alone; Cat and Dan are in a group of his, and Dan has said nothing there. */
async function dinner(seed: number) {
  const world = new World({ seed });
  const [ann, ben, cat, dan] = [
    await world.person("Ann"),
    await world.person("Ben"),
    await world.person("Cat"),
    await world.person("Dan"),
  ];
  await world.befriend(ben, cat);
  await world.befriend(ben, dan);
  const chat = await world.befriend(ann, ben);
  await world.during(cat.api.setProfile({ name: "Cat", picture: new Uint8Array(5_000).fill(7) }));
  const group = await world.group(ben, [ann, cat, dan], "Dinner");
  await world.until("Ann is in", () => ann.view("conversation", group)?.state === "open");
  await cat.say(group, "eight o'clock");
  await world.until("she reads", () => ann.reads(group).includes("eight o'clock"));
  await world.pass(hourMs);
  await ben.say(chat, "hi Ann");
  await world.until("she reads", () => ann.reads(chat).includes("hi Ann"));
  await world.pass(hourMs);
  return { world, ann, ben, cat, dan, chat, group };
}

/** Rows of the list, as a screen shows them: in which order, by which minute, with what. */
function list(person: Person) {
  return person.view("chats").map(({ title, faces, preview, atMs }) => ({
    title,
    faces: faces.map(({ seal, picture }) => `${seal} ${picture?.length ?? 0}`),
    preview,
    at: Math.round(atMs / minuteMs),
  }));
}

function members(person: Person, group: string) {
  return person
    .view("conversation", group)
    ?.members.map(({ name, face }) => ({ name, face: `${face.seal} ${face.picture?.length ?? 0}` }));
}

test("[SY42] a device that is linked knows everybody in its groups by name and face, before they say anything", async () => {
  const { world, ann, dan, group } = await dinner(840);
  const tablet = await world.linkDevice(ann);
  await world.until("it is in", () => tablet.view("conversation", group)?.state === "open");
  await world.pass(2 * minuteMs);
  expect(members(tablet, group)).toEqual(members(ann, group) ?? []);
  expect(members(tablet, group)?.map(({ name }) => name)).toEqual(["Ben", "Ann", "Cat", "Dan"]);
  await dan.say(group, "on my way");
  await world.until("it reads", () => tablet.reads(group).includes("on my way"));
  expect(tablet.view("chats")[0]?.preview).toMatchObject({ from: "Dan", text: "on my way" });
  expect(world.bugs()).toEqual([]);
});

test("[SY42] a device that is linked shows what happened in its groups before, where it happened, and who it was", async () => {
  const { world, ann, ben, cat, group } = await dinner(844);
  await ben.api.removeMember(group, cat.account);
  await world.until("Cat is out", () => ann.view("conversation", group)?.members.length === 3);
  await ben.say(group, "only us");
  await ben.api.renameGroup(group, "Supper");
  await world.until("Ann sees it", () => ann.lines(group).includes("renamed"));
  await ben.say(group, "at nine");
  await world.until("she reads", () => ann.reads(group).includes("at nine"));
  await world.pass(2 * minuteMs);
  // That one was invited is told to who was, there and then.
  const told = (one: Person) =>
    one
      .items(group)
      .filter(({ body }) => body.kind !== "system" || body.line.kind !== "invited")
      .map(({ body }) => (body.kind === "system" ? body.line : body.kind === "text" ? body.text : body.kind));
  const before = told(ann);
  expect(before.map((one) => (typeof one === "string" ? one : one.kind))).toEqual([
    "eight o'clock",
    "removed",
    "only us",
    "renamed",
    "at nine",
  ]);
  const tablet = await world.linkDevice(ann);
  await world.until("it has all", () => tablet.reads(group).includes("eight o'clock"), 180_000);
  await world.pass(2 * minuteMs);
  expect(told(tablet)).toEqual(before);
  expect(told(ann)).toEqual(before);
  expect(tablet.view("chats").find(({ conversation }) => conversation === group)?.unread).toBe(0);
  // What a third is told by both stands there once.
  const phone = await world.linkDevice(tablet);
  await world.until("it has all", () => phone.reads(group).includes("eight o'clock"), 180_000);
  await world.pass(2 * minuteMs);
  expect(told(phone)).toEqual(before);
  expect(told(tablet)).toEqual(before);
  expect(world.bugs()).toEqual([]);
});

test("[SY41] a device that is linked shows each chat as of when something was said there, in the same order", async () => {
  const { world, ann, ben, group } = await dinner(841);
  const before = list(ann);
  const tablet = await world.linkDevice(ann);
  await world.until("it has them", () => tablet.view("chats").length === 2);
  await world.pass(2 * minuteMs);
  expect(list(ann)).toEqual(before);
  expect(list(tablet)).toEqual(before);
  // Without a word in it: as of when it began, and the vault is no help.
  await world.during(ann.api.setVault(false));
  const quiet = await world.group(ann, [ben], "Quiet");
  await world.pass(hourMs);
  const phone = await world.linkDevice(ann);
  await world.until("it has all", () => phone.view("chats").length === 3);
  await world.pass(2 * minuteMs);
  const times = (one: Person) => list(one).map(({ title, at }) => [title, at]);
  expect(times(phone)).toEqual(times(ann));
  expect(phone.view("chats")[0]?.conversation).toBe(quiet);
  expect(group).not.toBe(quiet);
});

test("[SY41] that somebody came back by their card moves no chat and is no chat's preview: not there, here or with others", async () => {
  const { world, ann, ben, cat, group } = await dinner(842);
  const card = (await ann.api.recoveryCard()).words.join(" ");
  const before = [ann, ben, cat].map(list);
  const back = await world.device("Ann");
  await world.during(back.api.restoreAccount({ card, areOthersLost: false }));
  await world.until("she is in", () => back.view("conversation", group)?.state === "open");
  await world.pass(10 * minuteMs);
  for (const one of [ann, ben, cat, back]) expect(one.lines(group)).toContain("restored");
  expect([ann, ben, cat].map(list)).toEqual(before);
  expect(list(back)).toEqual(before[0] ?? []);
  await ben.say(group, "welcome back");
  await world.until("it goes on", () => back.reads(group).includes("welcome back"));
  expect(list(back)[0]?.preview).toMatchObject({ text: "welcome back" });
  expect(world.bugs()).toEqual([]);
});

test("[SY42] the pictures of two hundred people are told, in as many messages as it takes", async () => {
  const { world, ann, group } = await dinner(843);
  const pictures = Array.from({ length: 200 }, (_, i) => new Uint8Array(32).fill(i));
  for (const account of pictures)
    ann.disk.run(
      "INSERT INTO people (account, name, avatar, own_word, stamp_ms) VALUES (?, ?, ?, 1, 1)",
      account,
      `Guest ${account[0]}`,
      new Uint8Array(20_000).fill(account[0] ?? 0),
    );
  for (const account of pictures)
    ann.disk.run(
      "INSERT INTO members (conversation, account, role, place) VALUES (unhex(?), ?, 'member', ?)",
      group,
      account,
      10 + (account[0] ?? 0),
    );
  const tablet = await world.linkDevice(ann);
  const known = () =>
    tablet.disk.get<{ count: number }>("SELECT count(*) AS count FROM people WHERE length(avatar) = 20000")?.count;
  await world.until("all are known", () => known() === 200, 180_000);
  expect(world.bugs()).toEqual([]);
});

test("[SY42] of lines that an own device tells only those are taken that a screen can put into words", async () => {
  const { world, ann } = await dinner(845);
  const tablet = await world.linkDevice(ann);
  await world.pass(2 * minuteMs);
  const crypto = createBunCrypto();
  const conversation = crypto.random(32);
  const [by, author] = [ann.account, fromHex(ann.account)];
  const good = { kind: "renamed", by, name: "Supper" };
  const lines = [
    good,
    { kind: "renamed", by },
    { kind: "renamed", by: "Ann", name: "Supper" },
    { kind: "removed", by, people: ["Cat"] },
    { kind: "added", by, people: by },
    { kind: "role", by, who: by, role: "king" },
    { kind: "history", by, choice: "some" },
    { kind: "account-frozen", who: by },
    { kind: "nothing" },
  ].map((one) => JSON.stringify(one));
  const told = [...lines, "no words", "null"].map((line, i) => {
    return { id: crypto.random(16), author, atMs: 1, order: new Uint8Array(7).fill(i), line };
  });
  addToOutbox(ann.disk, {
    conversation: ownConversationId(crypto.sha256, author),
    id: crypto.random(16),
    body: encodeBody({
      kind: "sync",
      items: [encodeSyncItem({ kind: "lines", conversation, lines: told })],
      complete: false,
    }),
    shown: false,
    roster: undefined,
    createdMs: world.clock.nowMs(),
  });
  ann.crash();
  await ann.switchOn();
  const taken = () =>
    tablet.disk.all<{ body: Uint8Array }>("SELECT body FROM messages WHERE conversation = ?", conversation);
  await world.until("they came", () => taken().length > 0);
  expect(taken().map(({ body }) => JSON.parse(new TextDecoder().decode(body)))).toEqual([good]);
  expect(world.bugs()).toEqual([]);
});

test("[SY60] somebody who is blocked on a tablet is blocked on the phone too, though its clock is a day ahead", async () => {
  const world = new World({ seed: 847 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  ann.skewMs = 24 * hourMs;
  await world.befriend(ann, ben);
  await world.pass(minuteMs);
  const states = () =>
    [ann, tablet].map((one) => one.disk.get("SELECT state FROM contacts WHERE account = ?", fromHex(ben.account)));
  expect(states()).toEqual([{ state: "contact" }, { state: "contact" }]);
  await tablet.api.block(ben.account);
  await world.pass(minuteMs);
  expect(states()).toEqual([{ state: "blocked" }, { state: "blocked" }]);
  expect(world.bugs()).toEqual([]);
});

test("[SY60] somebody who is blocked on the phone stays so when a tablet hears later that they asked and were accepted", async () => {
  const world = new World({ seed: 848 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const tablet = await world.linkDevice(ann);
  await world.pass(minuteMs);
  tablet.crash();
  await world.befriend(ann, ben);
  await world.pass(minuteMs);
  await ann.api.block(ben.account);
  await world.pass(minuteMs);
  await tablet.switchOn();
  await world.pass(minuteMs);
  const states = [ann, tablet].map((one) =>
    one.disk.get("SELECT state FROM contacts WHERE account = ?", fromHex(ben.account)),
  );
  expect(states).toEqual([{ state: "blocked" }, { state: "blocked" }]);
  expect(world.bugs()).toEqual([]);
});
