/** Mini programs: kept on a device by their packages, each with a storage of its own; what they share in a chat. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Hex, MessageRef } from "@yanshu/client";
import type { Person } from "./person.ts";
import { World } from "./world.ts";

setDefaultTimeout(60_000);

const package_ = (seed: number, bytes = 64) => new Uint8Array(bytes).fill(seed);

test("[PR12] twelve packages and those with a star are kept, and what a program stored outlives its package", async () => {
  const world = new World({ seed: 4625 });
  const mum = await world.person("妈妈");
  const { api } = mum;
  const names = () => mum.view("programs").map(({ name }) => name);
  const first = await api.keepProgram({ name: "果园", bytes: package_(0) });
  await api.starProgram(first, true);
  const second = await api.keepProgram({ name: "计算器", bytes: package_(1) });
  await api.storeForProgram(second, "log", "[1]");
  for (let seed = 2; seed < 15; seed += 1) {
    await world.pass(1_000);
    await api.keepProgram({ name: `${seed}`, bytes: package_(seed) });
  }
  expect(names()).toEqual(["果园", ...Array.from({ length: 12 }, (_, at) => `${14 - at}`)]);
  await expect(api.openProgram(second)).rejects.toMatchObject({ code: "unknown-message" });
  expect(await api.keepProgram({ name: "计算器", bytes: package_(1) })).toBe(second);
  expect(await api.openProgram(second)).toEqual({ bytes: package_(1), stored: { log: "[1]" } });
  await api.removeProgram(second);
  await api.keepProgram({ name: "计算器", bytes: package_(1) });
  expect((await api.openProgram(second)).stored).toEqual({});
  await expect(api.openProgram("no id")).rejects.toMatchObject({ code: "unknown-message" });
  await expect(api.keepProgram({ name: "空", bytes: package_(1, 0) })).rejects.toMatchObject({ code: "empty" });
  await expect(api.keepProgram({ name: "大", bytes: package_(1, (20 << 20) + 1) })).rejects.toMatchObject({
    code: "too-large",
  });
});

test("[PR7] no program reads or fills what is another's, and none stores without end", async () => {
  const world = new World({ seed: 4626 });
  const { api } = await world.person("Maya");
  const [one, two] = [
    await api.keepProgram({ name: "一", bytes: package_(1) }),
    await api.keepProgram({ name: "二", bytes: package_(2) }),
  ];
  await api.storeForProgram(one, "best", "2048");
  await api.storeForProgram(one, "gone", "1");
  await api.storeForProgram(one, "gone");
  expect((await api.openProgram(one)).stored).toEqual({ best: "2048" });
  expect((await api.openProgram(two)).stored).toEqual({});
  await expect(api.storeForProgram(one, "k".repeat(257), "1")).rejects.toMatchObject({ code: "too-long" });
  await expect(api.storeForProgram(one, "k", "x".repeat((1 << 20) + 1))).rejects.toMatchObject({ code: "too-large" });
  for (let at = 0; at < 9; at += 1) await api.storeForProgram(one, `k${at}`, "x".repeat(1 << 20));
  await expect(api.storeForProgram(one, "k9", "x".repeat(1 << 20))).rejects.toMatchObject({ code: "too-large" });
  await api.storeForProgram(one, "k0", "x".repeat(1 << 20));
  // A text that begins with NUL is as long as any other.
  await api.clearProgram(one);
  for (let at = 0; at < 9; at += 1) await api.storeForProgram(one, `k${at}`, `\0${"x".repeat((1 << 20) - 1)}`);
  await expect(api.storeForProgram(one, "k9", "x".repeat(1 << 20))).rejects.toMatchObject({ code: "too-large" });
  await api.clearProgram(one);
  expect((await api.openProgram(one)).stored).toEqual({});
});

const shared = async (person: Person, group: Hex, card: MessageRef) =>
  (await person.api.programUpdates(group, card, 0)).map(({ payload }) => JSON.parse(payload) as string);
const lastOf = (person: Person, group: Hex, card: MessageRef) => person.view("programState", group, card).last;

/** Four people, and a card in their group. */
async function withCard(seed: number) {
  const world = new World({ seed, files: true });
  const [mum, maya, dad] = [await world.person("妈妈"), await world.person("Maya"), await world.person("爸爸")];
  const group = await world.group(mum, [maya, dad], "一家人");
  await mum.api.setNewcomersSee(group, "all");
  const id = await mum.api.sendFile(group, { source: new Blob(["PK"]), name: "果园.ymp", type: "" });
  const people = [mum, maya, dad];
  const card = { author: mum.account, id };
  await world.until("all have the card", () => people.every((one) => one.items(group).some((item) => item.id === id)));
  return { world, mum, maya, dad, people, group, card };
}

test("[PR20] [PR21] what a program shares comes to all in one order, one's own too, and newcomers have all of it", async () => {
  const { world, mum, maya, dad, people, group, card } = await withCard(4_627);
  world.network.cutOff(dad.device);
  await dad.api.shareFromProgram(group, card, { payload: '"dad, away"' });
  expect(await shared(dad, group, card)).toEqual([]);
  await Promise.all([
    mum.api.shareFromProgram(group, card, { payload: '"mum"', summary: "2 梨" }),
    maya.api.shareFromProgram(group, card, { payload: '"maya"', info: "Maya 加了一个梨" }),
  ]);
  await world.until("two have a place", () => [mum, maya].every((one) => lastOf(one, group, card) === 2));
  world.network.letBack(dad.device);
  await world.until("three have one", () => people.every((one) => lastOf(one, group, card) === 3));
  const all = await shared(mum, group, card);
  expect(all.toSorted()).toEqual(["dad, away", "maya", "mum"]);
  expect(all.at(-1)).toBe("dad, away");
  for (const one of people) expect(await shared(one, group, card)).toEqual(all);
  expect((await maya.api.programUpdates(group, card, 2)).map(({ serial }) => serial)).toEqual([3]);
  expect(dad.view("programState", group, card)).toEqual({ last: 3, summary: "2 梨" });

  // People see the line, and nothing else of it; nothing is unread but the card.
  const lines = dad.items(group).flatMap(({ body }) => (body.kind === "system" ? [body.line] : []));
  expect(lines).toContainEqual(expect.objectContaining({ kind: "notice", text: "Maya 加了一个梨" }));
  expect(lines.filter(({ kind }) => kind === "notice")).toHaveLength(1);
  expect(dad.view("chats").find(({ conversation }) => conversation === group)?.unread).toBe(1);

  // Each member has one address there, and another in every other chat.
  const addresses = await Promise.all(people.map((one) => one.api.joinProgram(group, card)));
  expect(new Set(addresses.map(({ address }) => address)).size).toBe(3);
  expect(addresses.map(({ name }) => name)).toEqual(["妈妈", "Maya", "爸爸"]);

  const granny = await world.person("外婆");
  await world.befriend(mum, granny);
  await mum.api.addMembers(group, [granny.account]);
  await world.until("she has what was before", () => lastOf(granny, group, card) === 3);
  expect((await shared(granny, group, card)).toSorted()).toEqual(all.toSorted());

  // With its card all of it goes.
  await mum.api.recall(group, card.id);
  await world.until("it went", () => people.every((one) => lastOf(one, group, card) === 0));
  expect(maya.disk.get("SELECT count(*) AS left FROM messages WHERE kind IN ('programUpdate', 'programInfo')")).toEqual(
    {
      left: 0,
    },
  );
  expect(world.bugs()).toEqual([]);
});

test("[PR22] a program shares no more than a chat holds of it, and only where its card is", async () => {
  const { world, mum, maya, group, card } = await withCard(4_628);
  const share = (payload: string) => maya.api.shareFromProgram(group, card, { payload });
  await expect(share(`"${"x".repeat(128_000)}"`)).rejects.toMatchObject({ code: "too-long" });
  await expect(
    maya.api.shareFromProgram(group, { ...card, id: "00".repeat(16) }, { payload: "1" }),
  ).rejects.toMatchObject({ code: "unknown-message" });
  await share('"first"');
  await world.until("it has a place", () => [mum, maya].every((one) => lastOf(one, group, card) === 1));
  maya.disk.run("UPDATE messages SET body = zeroblob(10 << 20) WHERE kind = 'programUpdate'");
  await expect(share('"one more"')).rejects.toMatchObject({ code: "too-large" });
  await maya.api.deleteChat(group, "here");
  expect(maya.disk.get("SELECT count(*) AS left FROM program_updates")).toEqual({ left: 0 });
});
