import { expect, test } from "bun:test";
import { decodeServerFrame, fromHex } from "@yanshu/wire";
import { World } from "../index.ts";
import { dropPush, pushFrame } from "./drops.ts";
import type { Person } from "./person.ts";

test("[SY1] written offline, crashed, switched on again: it goes out, in order, once", async () => {
  const world = new World({ seed: 10 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  world.network.cutOff(ann.device);
  await ann.say(chat, "one");
  await ann.say(chat, "two");
  await world.pass(2_000);
  ann.crash();
  await ann.switchOn();
  await ann.say(chat, "three");
  world.network.letBack(ann.device);
  await world.until("Ben has all", () => ben.reads(chat).includes("three"));
  expect(ben.reads(chat).slice(1)).toEqual(["one", "two", "three"]);
  expect(world.bugs()).toEqual([]);
});

test("[SY3] away while being written to: all is there on coming back, once, in order", async () => {
  const world = new World({ seed: 11 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  ben.crash();
  for (let i = 1; i <= 30; i++) await ann.say(chat, `message ${i}`);
  await world.until("all are sent", () => ann.view("status").unsent === 0);
  await ben.switchOn();
  await world.until("Ben has all", () => ben.reads(chat).length === 31);
  expect(ben.reads(chat).slice(1)).toEqual(Array.from({ length: 30 }, (_, i) => `message ${i + 1}`));
  expect(ben.view("chats")[0]?.unread).toBeGreaterThanOrEqual(30);
  await ben.api.markRead(chat);
  expect(ben.view("chats")[0]?.unread).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[DS14] [SY10] the answer is lost: the same bytes again, and one message", async () => {
  const world = new World({ seed: 12 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  let dropped = 0;
  world.network.meddle(ann.device, (frame) => {
    if (frame[0] !== 0x80 || dropped > 0) return [frame]; // The first `ok`, and the connection with it.
    dropped++;
    world.clock.after(1, () => world.network.breakSockets(ann.device));
    return [];
  });
  await ann.say(chat, "once");
  await world.until("Ben reads it", () => ben.reads(chat).includes("once"));
  await world.until("it shows as sent", () => ann.view("status").unsent === 0);
  await world.pass(30_000);
  expect(dropped).toBe(1);
  expect(ben.reads(chat).filter((text) => text === "once")).toEqual(["once"]);
  expect(world.bugs()).toEqual([]);
});

test("[DS16] the server dies under load: whatever showed “sent” arrives", async () => {
  const world = new World({ seed: 13 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  for (let i = 0; i < 20; i++) {
    await ann.say(chat, `${i}`);
    await world.pass(13);
    if (i % 5 === 4) {
      world.crashServer();
      await world.pass(700);
      world.startServer();
    }
  }
  await world.until("all arrives", () => ben.reads(chat).length === 21, 180_000);
  expect(ben.reads(chat).slice(1)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  expect(world.bugs()).toEqual([]);
});

test("[DS13] [SY19] a post of an epoch that has ended waits for the commit and is encrypted again", async () => {
  const world = new World({ seed: 14 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Race");
  for (let i = 0; i < 5; i++) {
    await ann.api.renameGroup(group, `Race ${i}`);
    await ben.say(group, `b${i}`);
    await cat.say(group, `c${i}`);
    await world.pass(7);
  }
  await world.until("all read all", () => [ann, ben, cat].every((one) => one.reads(group).length === 10));
  for (const one of [ann, ben, cat]) {
    expect(one.reads(group).filter((text) => text.startsWith("b"))).toEqual(["b0", "b1", "b2", "b3", "b4"]);
    expect(one.reads(group).filter((text) => text.startsWith("c"))).toEqual(["c0", "c1", "c2", "c3", "c4"]);
  }
  expect(world.bugs()).toEqual([]);
});

test("[SY5] [SY9] a message that the operator drops is noticed at the next one, asked for, and comes", async () => {
  const world = new World({ seed: 15 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "first");
  await world.until("Ben reads", () => ben.reads(chat).includes("first"));
  // The operator acknowledges for Ben and shows him nothing.
  const dropped = dropPush(world, ben.device, "application");
  await ann.say(chat, "suppressed");
  await world.until("it is gone", () => dropped() === 1);
  await world.pass(1_000);
  expect(ben.reads(chat)).not.toContain("suppressed");
  await ann.say(chat, "next");
  await world.until("the lost one comes after all", () => ben.reads(chat).includes("suppressed"));
  expect(ben.client.diagnostics()["gap"]).toBe(1);
  expect(world.bugs()).toEqual([]);
});

/** Ann and Ben have talked for a while when Cat comes; of Ben she has heard nothing yet. */
async function afterBensWords(seed: number) {
  const world = new World({ seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Watched");
  await world.befriend(ann, cat);
  for (const text of ["one", "two"]) await ben.say(group, text);
  await world.until("Ann reads", () => ann.reads(group).includes("two"));
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  await world.pass(2_000);
  return { world, ann, ben, cat, group };
}

test("[SY5] [SY6] the first word that a newcomer would have heard of a member is missed too, when the operator drops it", async () => {
  const { world, ben, cat, group } = await afterBensWords(18);
  const dropped = dropPush(world, cat.device, "application");
  await ben.say(group, "welcome");
  await world.until("it is gone", () => dropped() === 1);
  await world.pass(1_000);
  await ben.say(group, "are you there?");
  await world.until("Cat reads both", () => cat.reads(group).length === 2);
  expect(cat.reads(group).toSorted()).toEqual(["are you there?", "welcome"]);
  expect(cat.client.diagnostics()["gap"]).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[SY5] [GR22] what a member said in an epoch that a newcomer never came to comes once she is in again", async () => {
  const { world, ann, ben, cat, group } = await afterBensWords(19);
  const dropped = dropPush(world, cat.device, "commit");
  await ann.api.renameGroup(group, "Renamed");
  await world.until(
    "the commit is gone",
    () => dropped() === 1 && ben.view("conversation", group)?.title === "Renamed",
  );
  await ben.say(group, "welcome");
  await world.until("Cat is back", () => cat.view("conversation", group)?.title === "Renamed", 180_000);
  await ben.say(group, "are you there?");
  await world.until("Cat reads both", () => cat.reads(group).length === 2);
  expect(cat.reads(group).toSorted()).toEqual(["are you there?", "welcome"]);
  expect(world.bugs()).toEqual([]);
});

test("[SY5] a person who lies to a newcomer about how far another had come keeps nothing of theirs from being read", async () => {
  const world = new World({ seed: 20 });
  const [mal, ben, cat] = [await world.person("Mal"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(mal, [ben], "Watched");
  await world.befriend(mal, cat);
  await ben.say(group, "one");
  await world.until("Mal reads", () => mal.reads(group).includes("one"));
  mal.crash();
  mal.disk.run("UPDATE heard SET highest = 1000000 WHERE account = ?", fromHex(ben.account));
  await mal.switchOn();
  await mal.api.addMembers(group, [cat.account]);
  await world.until("Cat is told", () => reportedMarkOf(cat, ben) === 1_000_000);
  await ben.say(group, "two");
  await ben.say(group, "three");
  await world.until("Cat reads both", () => cat.reads(group).length === 2);
  expect(cat.reads(group)).toEqual(["two", "three"]);
  expect(cat.lines(group)).not.toContain("lost");
  expect(world.bugs()).toEqual([]);
});

function reportedMarkOf(reader: Person, author: Person): number | undefined {
  return reader.disk.get<{ highest: number }>(
    "SELECT highest FROM heard WHERE account = ? AND heard_order = 0",
    fromHex(author.account),
  )?.highest;
}

test("[SY6] [GR22] a commit that the operator drops is noticed, and the device is let in again", async () => {
  const world = new World({ seed: 16 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  const dropped = dropPush(world, cat.device, "commit");
  await ann.api.renameGroup(group, "Renamed");
  await world.until("the commit is gone", () => dropped() === 1);
  await ben.say(group, "still here?");
  await world.until("Cat noticed", () => (cat.client.diagnostics()["missed-commit"] ?? 0) > 0);
  await world.until("Cat is back", () => cat.view("conversation", group)?.title === "Renamed", 180_000);
  await ben.say(group, "and now?");
  await world.until("Cat reads", () => cat.reads(group).includes("and now?"));
  await cat.say(group, "yes");
  await world.until("all read Cat", () => [ann, ben].every((one) => one.reads(group).includes("yes")));
  expect(world.bugs()).toEqual([]);
});

test("[SY4] a push that the operator replays changes nothing", async () => {
  const world = new World({ seed: 17 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  world.network.meddle(ben.device, (frame) => (frame[0] === pushFrame ? [frame, frame, frame] : [frame]));
  await ann.say(chat, "hello");
  await world.until("Ben reads", () => ben.reads(chat).includes("hello"));
  await ben.say(chat, "hi");
  await world.until("Ann reads", () => ann.reads(chat).includes("hi"));
  await world.pass(5_000);
  expect(ben.reads(chat).slice(1)).toEqual(["hello", "hi"]);
  expect(ben.view("conversation", chat)?.state).toBe("open");
  expect(world.bugs()).toEqual([]);
});

test("[SY10] one's own echo is nobody's replay, whether the answer or the echo comes first", async () => {
  const world = new World({ seed: 19 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  for (let i = 1; i <= 20; i++) {
    await ann.say(chat, `message ${i}`);
    await world.pass(200);
  }
  await world.until("Ben has all", () => ben.reads(chat).includes("message 20"));
  await world.pass(1_000);
  expect(ann.client.diagnostics()).toEqual({});
  expect(ben.client.diagnostics()).toEqual({});
});

test("[SY70] home takes what Ann says and hands none of it on: Ben's own words tell her so, and the line goes once he has it", async () => {
  const world = new World({ seed: 1270 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "one");
  await ben.say(chat, "two");
  await world.until("both read", () => ben.reads(chat).includes("one") && ann.reads(chat).includes("two"));
  const lines = () =>
    ann.items(chat).flatMap(({ body }) => (body.kind === "system" && body.line.kind === "unheard" ? [body.line] : []));
  const hears = async (word: string) => {
    await ben.say(chat, word);
    await world.until("Ann reads it", () => ann.reads(chat).includes(word));
  };
  // Nothing more is pushed to Ben, who is answered as ever.
  world.network.meddle(ben.device, (frame) => (decodeServerFrame(frame).type === "push" ? [] : [frame]));
  await ann.say(chat, "never handed on");
  await world.until("home says ok", () => ann.items(chat).findLast(({ mine }) => mine)?.state === "sent");
  await hears("three");
  await hears("four");
  expect(lines()).toEqual([]); // They may have crossed.
  await world.pass(660_000);
  await hears("five");
  expect(lines()).toMatchObject([{ kind: "unheard", who: { account: ben.account } }]);
  await hears("six");
  expect(lines()).toHaveLength(1);

  world.network.meddle(ben.device, undefined);
  world.network.breakSockets(ben.device);
  await world.until("Ben has it", () => ben.reads(chat).includes("never handed on"), 120_000);
  await hears("seven");
  expect(lines()).toEqual([]);

  // What they wrote before it was said, by their clock, proves nothing.
  ben.skewMs = -7_200_000;
  world.network.meddle(ben.device, (frame) => (decodeServerFrame(frame).type === "push" ? [] : [frame]));
  await ann.say(chat, "held back");
  await world.until("home says ok", () => ann.items(chat).findLast(({ mine }) => mine)?.state === "sent");
  await hears("eight");
  await world.pass(660_000);
  await hears("nine");
  expect(lines()).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
