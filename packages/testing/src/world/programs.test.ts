/** Mini programs: kept on a device by their packages, each with a storage of its own; what they share in a chat. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { type ClientFeature, clientFeatures, type Hex, type MessageRef, type TimelineItem } from "@yanshu/client";
import { decodeBody } from "@yanshu/content";
import { fromHex } from "@yanshu/wire";
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
  expect(await api.openProgram(second)).toEqual({ bytes: package_(1), stored: { log: "[1]" }, answers: {}, scope: "" });
  await api.removeProgram(second);
  await api.keepProgram({ name: "计算器", bytes: package_(1) });
  expect((await api.openProgram(second)).stored).toEqual({});
  // What it says after it was removed is written nowhere.
  await api.removeProgram(second);
  await expect(api.storeForProgram(second, "late", "1")).rejects.toMatchObject({ code: "unknown-message" });
  await api.keepProgram({ name: "计算器", bytes: package_(1) });
  expect((await api.openProgram(second)).stored).toEqual({});
  await expect(api.openProgram("no id")).rejects.toMatchObject({ code: "unknown-message" });
  await expect(api.keepProgram({ name: "空", bytes: package_(1, 0) })).rejects.toMatchObject({ code: "empty" });
  await expect(api.keepProgram({ name: "大", bytes: package_(1, (20 << 20) + 1) })).rejects.toMatchObject({
    code: "too-large",
  });
});

test("[PR15] what the person said to a program's wish is kept with it, turned, and gone with it", async () => {
  const world = new World({ seed: 4659 });
  const { api } = await world.person("妈妈");
  const id = await api.keepProgram({ name: "果园", bytes: package_(3) });
  const answers = async () => (await api.openProgram(id)).answers;
  await api.answerProgram(id, "name", true);
  await api.answerProgram(id, "place", false);
  expect(await answers()).toEqual({ name: true, place: false });
  await api.answerProgram(id, "place", true);
  await api.answerProgram(id, "name");
  expect(await answers()).toEqual({ place: true });
  await expect(api.answerProgram(id, "purse" as "name", true)).rejects.toMatchObject({ code: "not-allowed" });
  await api.removeProgram(id);
  // Of one that is not here nothing is remembered.
  await api.answerProgram(id, "name", true);
  await api.keepProgram({ name: "果园", bytes: package_(3) });
  expect(await answers()).toEqual({});
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

test("[PR43] what a program stored and was told is of one chat, and from no chat it goes on where it was last", async () => {
  const world = new World({ seed: 4_660 });
  const { api } = await world.person("妈妈");
  const id = await api.keepProgram({ name: "果园", bytes: package_(4) });
  const [family, other] = ["a".repeat(32), "b".repeat(32)];
  const inChat = async (scope: string) => {
    const { stored, answers } = await api.openProgram(id, true, scope);
    return { stored, answers };
  };
  expect((await api.openProgram(id, true, "last")).scope).toBe("0".repeat(32));
  await api.openProgram(id, true, family);
  await api.storeForProgram(id, "secret", '"of the family"', family);
  await api.answerProgram(id, "place", true, family);
  expect(await inChat(other)).toEqual({ stored: {}, answers: {} });
  await api.storeForProgram(id, "best", "1", other);
  expect(await inChat(family)).toEqual({ stored: { secret: '"of the family"' }, answers: { place: true } });
  const alone = await api.openProgram(id, true, "last");
  expect([alone.scope, alone.stored]).toEqual([family, { secret: '"of the family"' }]);
  await api.clearProgram(id, family);
  expect((await inChat(family)).stored).toEqual({});
  expect((await inChat(other)).stored).toEqual({ best: "1" });
  for (const scope of ["../", "A".repeat(32), "a"])
    await expect(api.storeForProgram(id, "k", "1", scope)).rejects.toMatchObject({ code: "not-allowed" });
});

test("[PR46] a program of a chat is told another name than the person’s, there alone, until it is taken back", async () => {
  const world = new World({ seed: 4_661 });
  const { api } = await world.person("妈妈");
  const id = await api.keepProgram({ name: "果园", bytes: package_(5) });
  const [family, other] = ["a".repeat(32), "b".repeat(32)];
  const called = async (scope: string) => (await api.openProgram(id, true, scope)).penName;
  expect(await called(family)).toBeUndefined();
  await api.nameForProgram(id, "  梨\n农 ", family);
  expect([await called(family), await called(other)]).toEqual(["梨 农", undefined]);
  // It is none of what the program stored, and counts for nothing of it.
  expect((await api.openProgram(id, true)).stored).toEqual({});
  await api.clearProgram(id, family);
  expect(await called(family)).toBe("梨 农");
  await api.nameForProgram(id, "", family);
  expect(await called(family)).toBeUndefined();
  await expect(api.nameForProgram(id, "x", "../")).rejects.toMatchObject({ code: "not-allowed" });
  await api.removeProgram(id);
  await expect(api.nameForProgram(id, "x", family)).rejects.toMatchObject({ code: "unknown-message" });
});

test("[PR44] a program has room in each chat for itself, and a thousand keys", async () => {
  const world = new World({ seed: 4_661 });
  const { api } = await world.person("妈妈");
  const id = await api.keepProgram({ name: "果园", bytes: package_(5) });
  const [full, other] = ["a".repeat(32), "b".repeat(32)];
  for (let at = 0; at < 1_000; at += 1) await api.storeForProgram(id, `${at}`, "1", full);
  await expect(api.storeForProgram(id, "more", "1", full)).rejects.toMatchObject({ code: "too-large" });
  await api.storeForProgram(id, "7", "2", full);
  await api.storeForProgram(id, "8", undefined, full);
  await api.storeForProgram(id, "8", undefined, full);
  await api.storeForProgram(id, "more", "1", full);
  await expect(api.storeForProgram(id, "8", "1", full)).rejects.toMatchObject({ code: "too-large" });
  await api.clearProgram(id, full);
  for (let at = 0; at < 9; at += 1) await api.storeForProgram(id, `${at}`, "x".repeat(1 << 20), full);
  await expect(api.storeForProgram(id, "9", "x".repeat(1 << 20), full)).rejects.toMatchObject({ code: "too-large" });
  // What lies in one chat is not told by what goes into another.
  await api.storeForProgram(id, "9", "x".repeat(1 << 20), other);
});

test("[PR80] what a program stored in a chat is replaced by a file as a whole, or stays as it was", async () => {
  const world = new World({ seed: 4_662 });
  const { api } = await world.person("妈妈");
  const [id, next] = [
    await api.keepProgram({ name: "果园", bytes: package_(6) }),
    await api.keepProgram({ name: "果园", bytes: package_(7) }),
  ];
  const [family, other] = ["a".repeat(32), "b".repeat(32)];
  await api.storeForProgram(id, "best", "1", family);
  await api.storeForProgram(id, "gone", "1", family);
  await api.storeForProgram(id, "best", "9", other);
  const storedIn = async (program: Hex, scope: string) => (await api.openProgram(program, true, scope)).stored;
  await api.restoreProgram(id, { best: "2", 梨: '"三"' }, family);
  expect(await storedIn(id, family)).toEqual({ best: "2", 梨: '"三"' });
  expect(await storedIn(id, other)).toEqual({ best: "9" });
  const refused = async (stored: Readonly<Record<string, string>>, code: string) => {
    await expect(api.restoreProgram(id, stored, family)).rejects.toMatchObject({ code });
    expect(await storedIn(id, family)).toEqual({ best: "2", 梨: '"三"' });
  };
  await refused({ ["k".repeat(257)]: "1" }, "too-long");
  await refused({ k: "x".repeat((1 << 20) + 1) }, "too-large");
  await refused({ "k\0": "1" }, "not-allowed");
  await refused({ k: "\0" }, "not-allowed");
  await refused(Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`${at}`, "1"])), "too-large");
  await refused(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}`, "x".repeat(1 << 20)])), "too-large");
  await expect(api.restoreProgram(id, {}, "../")).rejects.toMatchObject({ code: "not-allowed" });
  // What was restored counts for its room.
  await api.restoreProgram(id, Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`${at}`, "1"])), family);
  await expect(api.storeForProgram(id, "more", "1", family)).rejects.toMatchObject({ code: "too-large" });
  // Another version is another program: nothing is stored there until it is brought.
  expect(await storedIn(next, family)).toEqual({});
  await api.restoreProgram(next, await storedIn(id, other), family);
  expect(await storedIn(next, family)).toEqual({ best: "9" });
  await api.removeProgram(id);
  await expect(api.restoreProgram(id, { k: "1" }, family)).rejects.toMatchObject({ code: "unknown-message" });
});

const shared = async (person: Person, group: Hex, card: MessageRef) =>
  (await person.api.programUpdates(group, card, 0)).map(({ payload }) => JSON.parse(payload) as string);
const lastOf = (person: Person, group: Hex, card: MessageRef) => person.view("programState", group, card).last;

type FeatureContextOf = Parameters<NonNullable<ClientFeature["api"]>>[0];
type Said = Parameters<FeatureContextOf["say"]>[1];

/** Says anything at all: what a changed client could. */
const liar: ClientFeature = {
  api: ({ say, writable }: FeatureContextOf) => ({ sayRaw: (chat: Hex, body: Said) => say(writable(chat), body) }),
};
const says = (person: Person, chat: Hex, body: Said) =>
  (person.api as unknown as { sayRaw: (chat: Hex, body: Said) => Promise<Hex> }).sayRaw(chat, body);

/** Names of the updates here, in order. */
const updatesOf = (person: Person, group: Hex): readonly MessageRef[] =>
  person.disk.all<{ author: Hex; id: Hex }>(
    `SELECT lower(hex(author)) AS author, lower(hex(id)) AS id FROM messages
       WHERE lower(hex(conversation)) = ? AND kind IN ('programUpdate', 'programInfo') ORDER BY position`,
    group,
  );

/** Three people, and a card in their group. */
async function withCard(seed: number) {
  const world = new World({ seed, files: true, featuresOf: () => [...clientFeatures, liar] });
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
  expect(lines).toContainEqual(
    expect.objectContaining({ kind: "program-said", program: "果园", text: "Maya 加了一个梨" }),
  );
  expect(lines.filter(({ kind }) => kind === "program-said")).toHaveLength(1);
  expect(dad.view("chats").find(({ conversation }) => conversation === group)?.unread).toBe(1);

  // Each member has one address there, and another in every other chat.
  const addresses = await Promise.all(people.map((one) => one.api.joinProgram(group, card)));
  expect(new Set(addresses.map(({ address }) => address)).size).toBe(3);
  expect(addresses.map(({ name }) => name)).toEqual(["妈妈", "Maya", "爸爸"]);

  const granny = await world.person("外婆");
  await world.befriend(mum, granny);
  await mum.api.addMembers(group, [granny.account]);
  await world.until("she has what was before", () => lastOf(granny, group, card) === 3);
  expect(await shared(granny, group, card)).toHaveLength(3);

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

test("[PR21] newcomers and linked devices have updates in the order of the chat, and the card says the newest", async () => {
  const { world, mum, maya, people, group, card } = await withCard(4_629);
  const said = ["1", "2", "3", "4"];
  for (const [at, words] of said.entries()) {
    await (at % 2 === 0 ? mum : maya).api.shareFromProgram(group, card, { payload: `"${words}"`, summary: words });
    await world.until("all have it", () => people.every((one) => lastOf(one, group, card) === at + 1));
  }
  await world.pass(120_000);
  const granny = await world.person("外婆");
  await world.befriend(mum, granny);
  await mum.api.addMembers(group, [granny.account]);
  const tablet = await world.linkDevice(maya);
  const late = [granny, tablet];
  await world.until("both have them", () => late.every((one) => lastOf(one, group, card) === 4), 180_000);
  for (const one of late) expect(await shared(one, group, card)).toEqual(said);
  for (const one of late) expect(one.view("programState", group, card)).toEqual({ last: 4, summary: "4" });
  // What comes then stands behind, by serials that only rise.
  await mum.api.shareFromProgram(group, card, { payload: '"5"', summary: "5\u202e\nfive" });
  await world.until("they have it too", () => late.every((one) => lastOf(one, group, card) === 5));
  for (const one of late)
    expect((await one.api.programUpdates(group, card, 4)).map(({ serial }) => serial)).toEqual([5]);
  expect(granny.view("programState", group, card).summary).toBe("5 five");
  expect(world.bugs()).toEqual([]);
});

test("[PR21] [PR22] a recalled update takes no serial back, and one member's updates leave room for another's", async () => {
  const { world, mum, maya, dad, people, group, card } = await withCard(4_630);
  for (const at of [1, 2, 3]) {
    await maya.api.shareFromProgram(group, card, { payload: `"${at}"` });
    await world.until("all have it", () => people.every((one) => lastOf(one, group, card) === at));
  }
  expect((await dad.api.programUpdates(group, card, 0)).map(({ serial }) => serial)).toEqual([1, 2, 3]);
  for (const { id } of updatesOf(maya, group).slice(1)) await maya.api.recall(group, id);
  await world.until("two are gone", () => people.every((one) => updatesOf(one, group).length === 1));
  for (const one of people) expect(lastOf(one, group, card)).toBe(3);
  await mum.api.shareFromProgram(group, card, { payload: '"heard"' });
  await world.until("all have it", () => people.every((one) => lastOf(one, group, card) === 4));
  expect(await dad.api.programUpdates(group, card, 3)).toEqual([{ serial: 4, payload: '"heard"' }]);

  maya.disk.run("UPDATE messages SET body = zeroblob(10 << 20) WHERE kind = 'programUpdate'");
  mum.disk.run(
    "UPDATE messages SET body = zeroblob(10 << 20) WHERE kind = 'programUpdate' AND author <> ?",
    fromHex(mum.account),
  );
  await expect(maya.api.shareFromProgram(group, card, { payload: "1" })).rejects.toMatchObject({ code: "too-large" });
  await mum.api.shareFromProgram(group, card, { payload: "1" });
});

test("[PR45] what a member shares beyond the limits keeps its place without its body, also for a card that never came", async () => {
  const { world, mum, maya, dad, people, group, card } = await withCard(4_662);
  const on = { author: fromHex(card.author), id: fromHex(card.id) };
  for (const at of [1, 2]) {
    await maya.api.shareFromProgram(group, card, { payload: `"${at}"` });
    await world.until("all have it", () => people.every((one) => lastOf(one, group, card) === at));
  }
  const [first, second] = updatesOf(maya, group);
  if (first === undefined || second === undefined) throw new Error("an update");
  // What has gone is no more counted.
  await maya.api.recall(group, second.id);
  await world.until("it is gone", () => people.every((one) => updatesOf(one, group).length === 1));
  for (const { disk } of [mum, dad])
    disk.run("UPDATE messages SET body = zeroblob(10 << 20) WHERE kind = 'programUpdate'");
  await says(maya, group, { kind: "programUpdate", ...on, payload: '"too much"' } as Said);
  await world.until("it has a place", () => [mum, dad].every((one) => lastOf(one, group, card) === 3));
  for (const one of [mum, dad]) expect(updatesOf(one, group)).toHaveLength(1);
  await mum.api.shareFromProgram(group, card, { payload: '"of mum"' });
  await world.until("it came", () => dad.view("programState", group, card).last === 4);
  expect(updatesOf(dad, group)).toHaveLength(2);

  const ghost = { author: card.author, id: "07".repeat(16) };
  const stray = async (last: number) => {
    await says(maya, group, { kind: "programUpdate", ...on, id: fromHex(ghost.id), payload: '"stray"' } as Said);
    await world.until("it came", () => lastOf(dad, group, ghost) === last);
  };
  await stray(1);
  expect(updatesOf(dad, group)).toHaveLength(3);
  dad.disk.run("UPDATE messages SET body = zeroblob(40 << 20) WHERE kind = 'programUpdate' AND length(body) < 1000");
  await maya.api.recall(group, first.id);
  await world.until("it is gone", () => updatesOf(dad, group).length === 2);
  await stray(2);
  expect(updatesOf(dad, group)).toHaveLength(2);
  expect(world.bugs()).toEqual([]);
});

test("[PR22] an update on an update is handed to no program, and a card goes with all its updates, however many", async () => {
  const { world, mum, maya, people, group, card } = await withCard(4_631);
  await maya.api.shareFromProgram(group, card, { payload: '"first"' });
  await world.until("all have it", () => people.every((one) => lastOf(one, group, card) === 1));
  const [first] = updatesOf(maya, group);
  if (first === undefined) throw new Error("an update");
  const { author, id } = first;
  const on = { author: fromHex(author), id: fromHex(id) };
  await says(maya, group, { kind: "programUpdate", ...on, payload: '"on an update"' } as Said);
  await world.until("it came", () => people.every((one) => updatesOf(one, group).length === 2));
  for (const one of people) expect(lastOf(one, group, first)).toBe(0);
  // A device from before has a chain of them, beside many that are in order.
  const { disk } = mum;
  const chain = `WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 600)`;
  const name = "CAST(printf('%016d', at) AS BLOB)";
  disk.run(
    `${chain} INSERT INTO messages (position, conversation, author, id, at_ms, kind, body, state)
     SELECT -at, conversation, author, ${name}, at_ms, kind, body, state FROM n, messages WHERE id = ?`,
    fromHex(first.id),
  );
  disk.run(
    `${chain} INSERT INTO program_updates (conversation, author, id, card_author, card, serial)
     SELECT conversation, author, ${name}, iif(at > 300, card_author, author),
       iif(at > 300, card, iif(at = 1, id, CAST(printf('%016d', at - 1) AS BLOB))), at FROM n, program_updates WHERE id = ?`,
    fromHex(first.id),
  );
  await mum.api.deleteMessages(group, [card]);
  expect(disk.get("SELECT count(*) AS left FROM program_updates")).toEqual({ left: 0 });
  expect(lastOf(mum, group, card)).toBe(0);
  expect(world.bugs()).toEqual([]);
});

/** A shop and who writes to it, and the card of a program that the shop sent. */
async function withShop(seed: number) {
  const world = new World({ seed, files: true, featuresOf: () => [...clientFeatures, liar] });
  const [shop, ann, eve] = [await world.person("茶铺"), await world.person("Ann"), await world.person("Eve")];
  const chat = await world.befriend(shop, ann);
  await shop.api.answerPrograms();
  const sends = async (from: Person, to: Hex, who: Person, name: string) => {
    const id = await from.api.sendFile(to, { source: new Blob(["PK"]), name, type: "" });
    await world.until("it came", () => who.items(to).some((item) => item.id === id));
    return { author: from.account, id };
  };
  return { world, shop, ann, eve, chat, sends, card: await sends(shop, chat, ann, "茶铺.ymp") };
}
const asksOf = (one: Person) => one.view("programAsks").map(({ words }) => words);
const outboxOf = ({ disk }: Person) =>
  disk.get<{ rows: number }>("SELECT count(*) AS rows FROM outbox WHERE shown = 0")?.rows;
/** Of questions that wait to be sent: those that say something. */
const unsentOf = ({ disk }: Person) =>
  disk.all<{ body: Uint8Array }>("SELECT body FROM outbox WHERE shown = 0").filter(({ body }) => {
    const said = decodeBody(body);
    return said?.kind === "programAsk" && said.words !== "";
  }).length;
const keptIn = ({ disk }: Person, kept: string) =>
  disk
    .all<{ message: Uint8Array }>("SELECT message FROM sent")
    .filter(({ message }) => Buffer.from(message).includes(kept)).length;

test("[PR53] [PR55] a question reaches the account that gave the program, and of its words and the answer's nothing is kept", async () => {
  const { world, shop, ann, chat, card } = await withShop(4_670);
  expect((await ann.api.joinProgram(chat, card)).publisher).toBe("茶铺");
  expect((await shop.api.joinProgram(chat, card)).publisher).toBeUndefined();
  const answer = ann.api.writeForProgram(chat, card, "which tea?");
  await world.until("it is asked", () => asksOf(shop).length === 1);
  const [asked] = shop.view("programAsks");
  if (asked === undefined) throw new Error("asked");
  await shop.api.answerToProgram(chat, asked.ask, "green tea");
  await world.until("it came and all is sent", () => outboxOf(ann) === 0 && outboxOf(shop) === 0);
  expect(await answer).toBe("green tea");
  expect([keptIn(ann, "which tea?"), keptIn(shop, "green tea")]).toEqual([0, 0]);
  expect(ann.disk.get("SELECT count(*) AS rows FROM sent WHERE aside = 1")).toEqual({ rows: 1 });
  expect(ann.items(chat).filter(({ body }) => body.kind !== "system")).toHaveLength(
    shop.items(chat).filter(({ body }) => body.kind !== "system").length,
  );
  expect(world.bugs()).toEqual([]);
});

test("[PR56] [PR88] a program that was passed on has nobody to ask, and a question about what one did not give is none", async () => {
  const { world, shop, ann, eve, chat, card, sends } = await withShop(4_671);
  const other = await world.befriend(ann, eve);
  await world.during(ann.api.forwardMedia({ conversation: chat, ...card }, other));
  await world.during(ann.api.forward({ from: chat, messages: [card], to: [other], mode: "each", note: "" }));
  const passedOn = { source: new Blob(["PK"]), name: "茶.ymp", type: "application/octet-stream", isPassedOn: true };
  await world.during(ann.api.sendFile(other, passedOn));
  const isHere = () => eve.items(other).filter(({ body }) => body.kind === "file");
  await world.until("all came", () => isHere().length === 3);
  await ann.api.answerPrograms();
  for (const { id } of isHere()) {
    const forwarded = { author: ann.account, id: id as Hex };
    expect((await eve.api.joinProgram(other, forwarded)).publisher).toBeUndefined();
    await expect(eve.api.writeForProgram(other, forwarded, "?")).rejects.toMatchObject({ code: "not-allowed" });
    // Nor does who forwarded it hear a changed client.
    const on = { author: fromHex(ann.account), id: fromHex(forwarded.id) };
    await says(eve, other, { kind: "programAsk", ...on, words: "forwarded" } as Said);
  }
  // No program, no card at all, a card that was taken back: nothing is asked.
  const note = await sends(shop, chat, ann, "价目.pdf");
  const back = await sends(shop, chat, ann, "旧.ymp");
  await shop.api.recall(chat, back.id);
  const isFile = ({ id, body }: TimelineItem) => id === back.id && body.kind === "file";
  await world.until("it went", () => ![shop, ann].some((one) => one.items(chat).some(isFile)));
  for (const id of [note.id, back.id, "07".repeat(16)])
    await says(ann, chat, { kind: "programAsk", author: fromHex(shop.account), id: fromHex(id), words: id } as Said);
  await says(ann, chat, {
    kind: "programAsk",
    author: fromHex(shop.account),
    id: fromHex(card.id),
    words: "given",
  } as Said);
  await world.until("the last one came", () => asksOf(shop).includes("given"));
  await world.pass(1_000);
  expect(asksOf(shop)).toEqual(["given"]);
  expect(asksOf(ann)).toEqual([]);
});

test("[PR57] what could not be sent is bounded, waits for a minute, and then goes nowhere; a late answer is dropped", async () => {
  const { world, shop, ann, chat, card } = await withShop(4_672);
  world.network.cutOff(ann.device);
  const asks = (words: string, waitMs?: number) =>
    ann.api.writeForProgram(chat, card, words, waitMs).catch((error: { code: string }) => error.code);
  const ten = Array.from({ length: 10 }, (_, at) => asks(`${at}`, at === 0 ? 5_000 : undefined));
  expect(await asks("one more")).toBe("offline");
  await world.pass(6_000);
  expect(await ten[0]).toBe("too-late");
  expect(unsentOf(ann)).toBe(9);
  // Closed, or not allowed any more: nothing of it is sent.
  await ann.api.withdrawForProgram(chat, card);
  expect(await Promise.all(ten.slice(1))).toEqual(Array.from({ length: 9 }, () => "too-late"));
  expect(unsentOf(ann)).toBe(0);
  const late = asks("late");
  await world.pass(61_000);
  expect(await late).toBe("too-late");
  await ann.api.sendText(chat, "你好");
  world.network.letBack(ann.device);
  await world.until("she is heard", () => shop.reads(chat).some((words) => words.includes("你好")));
  expect(asksOf(shop)).toEqual([]);
  // One that was heard and answered too late.
  const slow = asks("slow", 5_000);
  await world.until("it is asked", () => asksOf(shop).length === 1);
  await world.pass(6_000);
  expect(await slow).toBe("too-late");
  const [asked] = shop.view("programAsks");
  if (asked === undefined) throw new Error("asked");
  await shop.api.answerToProgram(chat, asked.ask, "late");
  await world.until("it is let go", () => asksOf(shop).length === 0);
  expect(world.bugs()).toEqual([]);
});

test("[PR57] what was asked before the app began again is not sent", async () => {
  const { world, shop, ann, chat, card } = await withShop(4_673);
  world.network.cutOff(ann.device);
  ann.api.writeForProgram(chat, card, "before").catch(() => undefined);
  await world.until("it waits", () => unsentOf(ann) === 1);
  ann.crash();
  await ann.switchOn();
  expect(unsentOf(ann)).toBe(0);
  world.network.letBack(ann.device);
  await ann.api.sendText(chat, "你好");
  await world.until("she is heard", () => shop.reads(chat).some((words) => words.includes("你好")));
  expect(asksOf(shop)).toEqual([]);
});

test("[PR57] of answers ten wait to be sent, a minute long, and none outlives a new beginning", async () => {
  const { world, shop, ann, chat, card } = await withShop(4_675);
  for (let at = 0; at < 12; at += 1) ann.api.writeForProgram(chat, card, `${at}`).catch(() => undefined);
  await world.until("they are asked", () => asksOf(shop).length === 10);
  world.network.cutOff(shop.device);
  const [asked] = shop.view("programAsks");
  if (asked === undefined) throw new Error("asked");
  const answers = () =>
    shop.disk.all<{ body: Uint8Array }>("SELECT body FROM outbox WHERE shown = 0").filter(({ body }) => {
      const said = decodeBody(body);
      return said?.kind === "programAnswer" && said.words !== "";
    }).length;
  for (let at = 0; at < 12; at += 1) await shop.api.answerToProgram(chat, asked.ask, "large");
  expect(answers()).toBe(10);
  await world.pass(30_000);
  expect(answers()).toBe(10);
  await world.pass(31_000);
  expect(answers()).toBe(0);
  await shop.api.answerToProgram(chat, asked.ask, "large");
  expect(answers()).toBe(1);
  shop.crash();
  await shop.switchOn();
  expect(answers()).toBe(0);
});

test("[PR57] what is withdrawn while it is encrypted is not sent, and holds nothing up that waits behind it", async () => {
  const { world, shop, ann, chat, card } = await withShop(4_676);
  for (let steps = 0; steps < 24; steps += 1) {
    const asked = ann.api.writeForProgram(chat, card, `${steps}`).catch((error: { code: string }) => error.code);
    const said = await ann.api.sendText(chat, `${steps}`);
    for (let at = 0; at < steps; at += 1) await new Promise((resolve) => setImmediate(resolve));
    await ann.api.withdrawForProgram(chat, card);
    expect(await asked).toBe("too-late");
    await world.until("what she wrote comes", () => shop.items(chat).some(({ id }) => id === said), 10_000);
  }
  await world.pass(5_000);
  expect(shop.items(chat).some(({ body }) => body.kind === "system" && body.line.kind === "lost")).toBe(false);
  expect(world.bugs()).toEqual([]);
});

test("[PR58] of one person sixteen questions wait for who answers, and another's wait beside them", async () => {
  const { world, shop, ann, eve, chat, card, sends } = await withShop(4_674);
  const evil = await world.befriend(shop, eve);
  const hers = await sends(shop, evil, eve, "茶铺.ymp");
  const on = { author: fromHex(hers.author), id: fromHex(hers.id) };
  for (let at = 0; at < 20; at += 1) await says(eve, evil, { kind: "programAsk", ...on, words: "eve" } as Said);
  await world.until("hers came", () => outboxOf(eve) === 0 && asksOf(shop).length >= 16);
  ann.api.writeForProgram(chat, card, "ann").catch(() => undefined);
  await world.until("Ann's came", () => asksOf(shop).includes("ann"));
  expect(asksOf(shop).filter((words) => words === "eve")).toHaveLength(16);
  // Let go as fast as they come, twenty are taken at once, and then one in a second.
  let taken = 16;
  const letGo = async () => {
    for (const { chat: from, ask, words } of shop.view("programAsks"))
      if (words !== "ann") {
        await shop.api.answerToProgram(from, ask);
        taken += words === "more" ? 1 : 0;
      }
  };
  for (let at = 0; at < 20; at += 1) {
    await letGo();
    await says(eve, evil, { kind: "programAsk", ...on, words: "more" } as Said);
    await world.pass(100);
  }
  await letGo();
  expect(taken).toBeLessThan(30);
});
