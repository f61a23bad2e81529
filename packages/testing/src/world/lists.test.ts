import { expect, test } from "bun:test";
import { encodeSyncItem, type SyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { type ConversationId, fromHex, toHex } from "@yanshu/wire";
import { type Person, World } from "../index.ts";
import { crypto, sayInTheDark } from "./turned.ts";

/** Ann with two devices, Ben and Cat as her contacts. */
async function annsWorld(seed: number) {
  const world = new World({ seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const withBen = await world.befriend(ann, ben);
  const withCat = await world.befriend(ann, cat);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () =>
    [withBen, withCat].every((chat) => tablet.view("conversation", chat)?.state === "open"),
  );
  return { world, ann, ben, cat, tablet, withBen, withCat };
}

const order = (person: Person) => person.view("chats").map(({ title }) => title);
const row = (person: Person, title: string) => person.view("chats").find((chat) => chat.title === title);

test("[SY32] a pinned chat stays on top, and a muted one is left out of the sum, on every own device", async () => {
  const { world, ann, ben, cat, tablet, withBen, withCat } = await annsWorld(60);
  await ann.say(withBen, "older");
  await world.pass(1_000);
  await ann.say(withCat, "newer");
  await world.until("Cat is on top", () => order(ann)[0] === "Cat" && order(tablet)[0] === "Cat");
  await ann.api.setPinned(withBen, true);
  await tablet.api.setMuted(withCat, true);
  await world.until("both devices agree", () =>
    [ann, tablet].every((one) => row(one, "Ben")?.isPinned === true && row(one, "Cat")?.isMuted === true),
  );
  expect([order(ann)[0], order(tablet)[0]]).toEqual(["Ben", "Ben"]);
  await cat.say(withCat, "do you hear me?");
  await ben.say(withBen, "I do");
  await world.until("both arrived", () => row(tablet, "Cat")?.unread === 1 && row(tablet, "Ben")?.unread === 1);
  expect(tablet.view("status").unread).toBe(1);
  expect(order(tablet)[0]).toBe("Ben");
  await tablet.api.setPinned(withBen, false);
  await ann.api.setMuted(withCat, false);
  await world.until("both devices agree again", () =>
    [ann, tablet].every((one) => row(one, "Ben")?.isPinned === false && row(one, "Cat")?.isMuted === false),
  );
  expect(world.bugs()).toEqual([]);
});

test("[SY32] of two decisions the later one holds, whichever arrives last", async () => {
  const { world, ann, tablet, withBen } = await annsWorld(61);
  ann.client.network(false);
  await world.pass(500);
  await ann.api.setPinned(withBen, true);
  await world.pass(1_000);
  await tablet.api.setPinned(withBen, true);
  await world.pass(1_000);
  await tablet.api.setPinned(withBen, false);
  await world.pass(1_000);
  ann.client.network(true);
  await world.pass(10_000);
  expect([row(ann, "Ben")?.isPinned, row(tablet, "Ben")?.isPinned]).toEqual([false, false]);
});

test("[SY32] a chat that was marked unread counts as one until it is opened", async () => {
  const { world, ann, tablet, withBen } = await annsWorld(62);
  await ann.api.markRead(withBen);
  await ann.api.markUnread(withBen);
  await world.until("the tablet shows it", () => row(tablet, "Ben")?.isMarkedUnread === true);
  expect(tablet.view("status").unread).toBe(1);
  await tablet.api.markRead(withBen);
  await world.until("it is gone here too", () => row(ann, "Ben")?.isMarkedUnread === false);
  expect(ann.view("status").unread).toBe(0);
});

test("[SY32] a hidden chat comes back with the next thing said, on every own device", async () => {
  const { world, ann, ben, tablet, withBen } = await annsWorld(63);
  await ann.api.setHidden(withBen, true);
  await world.until("it is hidden on both", () => [ann, tablet].every((one) => row(one, "Ben") === undefined));
  await ben.say(withBen, "still there?");
  await world.until("it is back on both", () => [ann, tablet].every((one) => row(one, "Ben")?.unread === 1));
  expect(ann.reads(withBen).at(-1)).toBe("still there?");
});

test("[SY33] deleted here, a chat stays elsewhere; deleted everywhere, it goes from all own devices and no other", async () => {
  const { world, ann, ben, tablet, withBen } = await annsWorld(64);
  await ann.say(withBen, "burn this");
  await world.until("all read it", () => [ann, ben, tablet].every((one) => one.reads(withBen).includes("burn this")));
  await ann.api.deleteChat(withBen, "here");
  await world.pass(5_000);
  expect([row(ann, "Ben"), ann.reads(withBen)]).toEqual([undefined, []]);
  expect(tablet.reads(withBen)).toContain("burn this");
  await ben.say(withBen, "what was it?");
  await world.until("the chat goes on", () => ann.reads(withBen).includes("what was it?"));
  expect(ann.reads(withBen)).toEqual(["what was it?"]);
  await ann.api.deleteChat(withBen, "everywhere");
  await world.until("the tablet follows", () => row(tablet, "Ben") === undefined);
  expect(tablet.reads(withBen)).toEqual([]);
  expect(ben.reads(withBen)).toEqual(expect.arrayContaining(["burn this", "what was it?"]));
  expect(world.bugs()).toEqual([]);
});

test("[SY83] a chat deleted everywhere goes from a tablet that was off, though the phone was put out meanwhile", async () => {
  const { world, ann, ben, tablet, withBen } = await annsWorld(66);
  await ben.say(withBen, "burn this");
  await world.until("all read it", () => [ann, tablet].every((one) => one.reads(withBen).includes("burn this")));
  tablet.crash();
  await ann.api.deleteChat(withBen, "everywhere");
  const next = await world.linkDevice(ann);
  await world.until("the new phone is in", () => next.view("conversation", withBen)?.state === "open");
  await world.pass(5_000);
  await world.during(next.api.revokeDevice(ann.view("status").me?.device ?? ""));
  await tablet.switchOn();
  await world.until("the tablet follows", () => tablet.reads(withBen).length === 0);
  await ben.say(withBen, "still there?");
  await world.until("the chat goes on", () => tablet.reads(withBen).includes("still there?"));
  expect(world.bugs()).toEqual([]);
});

test("[SY85] a chat is deleted on all own devices, though one that was put out said that it was until tomorrow", async () => {
  const { world, ann, ben, tablet, withBen } = await annsWorld(67);
  const laptop = await world.linkDevice(ann);
  await world.until("the laptop is in", () => laptop.view("conversation", withBen)?.state === "open");
  await world.pass(60_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const stampMs = Number.MAX_SAFE_INTEGER;
  const clear: SyncItem = { kind: "clear", conversation: fromHex(withBen) as ConversationId, upToMs: stampMs, stampMs };
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: [encodeSyncItem(clear)], complete: false }]);
  await world.pass(5_000);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await ben.say(withBen, "burn this");
  await world.until("both read it", () => [ann, laptop].every((one) => one.reads(withBen).includes("burn this")));
  await ann.api.deleteChat(withBen, "everywhere");
  await world.until("the laptop follows", () => laptop.reads(withBen).length === 0);
  await ben.say(withBen, "still there?");
  await world.until("the chat goes on", () => laptop.reads(withBen).includes("still there?"));
  expect(world.bugs()).toEqual([]);
});

test("[SY85] [SY24] the chat with who is let go of goes from a tablet that was off, though the phone was put out meanwhile", async () => {
  const { world, ann, ben, tablet, withBen } = await annsWorld(68);
  await ben.say(withBen, "burn this");
  await world.until("all read it", () => [ann, tablet].every((one) => one.reads(withBen).includes("burn this")));
  tablet.crash();
  await ann.api.deleteContact(ben.account);
  const next = await world.linkDevice(ann);
  await world.until("the new phone knows it", () =>
    next.view("contacts").every(({ account }) => account !== ben.account),
  );
  await world.pass(5_000);
  await world.during(next.api.revokeDevice(ann.view("status").me?.device ?? ""));
  await tablet.switchOn();
  await world.until("the tablet follows", () => tablet.reads(withBen).length === 0);
  expect(world.bugs()).toEqual([]);
});

test("[SY83] what comes after a deletion with an older stamp stays, whoever tells of the deletion again", async () => {
  const { world, ann, ben, tablet, withBen } = await annsWorld(69);
  const laptop = await world.linkDevice(ann);
  await world.until("the laptop is in", () => laptop.view("conversation", withBen)?.state === "open");
  await world.pass(60_000);
  await ann.api.deleteChat(withBen, "everywhere");
  await world.until("all follow", () => [tablet, laptop].every((one) => one.reads(withBen).length === 0));
  const upToMs = world.clock.nowMs();
  // As of a clock that is behind.
  const late = { kind: "text" as const, text: "still there?", mentions: [] };
  await sayInTheDark(world, ben, withBen, [late], 1, upToMs - 3_600_000);
  await world.until("all read it", () => [ann, laptop].every((one) => one.reads(withBen).includes("still there?")));
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const noted = ann.disk.get<{ up_to_ms: number }>("SELECT up_to_ms FROM cleared_chats")?.up_to_ms ?? 0;
  const conversation = fromHex(withBen) as ConversationId;
  const clear: SyncItem = { kind: "clear", conversation, upToMs: noted, stampMs: noted };
  await sayInTheDark(world, tablet, own, [{ kind: "sync", items: [encodeSyncItem(clear)], complete: false }]);
  await world.pass(5_000);
  expect([ann, laptop].map((one) => one.reads(withBen))).toEqual([["still there?"], ["still there?"]]);
});

test("[SY33] what could not be sent goes with its chat, and holds up nothing that is said later", async () => {
  const { world, ann, ben, cat, withBen, withCat } = await annsWorld(65);
  const group = await ann.api.createGroup({ name: "Choir", accounts: [ben.account, cat.account] });
  await world.until("all are in", () => [ben, cat].every((one) => one.view("conversation", group)?.state === "open"));
  const dan = await world.person("Dan");
  await world.befriend(ann, dan);
  ben.client.network(false);
  await world.pass(500);
  await ben.say(group, "only for the three of us");
  await ann.api.addMembers(group, [dan.account]);
  await world.until("Dan is in", () => dan.view("conversation", group)?.state === "open");
  ben.client.network(true);
  await world.until("it waits for a tap", () => ben.items(group).some(({ state }) => state === "waiting-tap"));
  await ben.api.deleteChat(group, "here");
  await ben.say(group, "hello Dan");
  await world.until("Dan reads it", () => dan.reads(group).includes("hello Dan"));
  expect(dan.reads(group)).not.toContain("only for the three of us");
  expect(withBen).not.toBe(withCat);
});

test("[SY32] [SY11] a device that is linked later learns every mark", async () => {
  const world = new World({ seed: 66 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const withBen = await world.befriend(ann, ben);
  await ann.api.setPinned(withBen, true);
  await ann.api.setMuted(withBen, true);
  const tablet = await world.linkDevice(ann);
  await world.until(
    "the tablet knows",
    () => row(tablet, "Ben")?.isPinned === true && row(tablet, "Ben")?.isMuted === true,
  );
});
