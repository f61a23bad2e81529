/** Resync in a world: what is asked once is done once, and who is out learns it (docs/spec/groups.md GR22). */
import { expect, test } from "bun:test";
import { fromHex, toHex } from "@yanshu/wire";
import { dropPush, isPushOf, pushFrame } from "./drops.ts";
import type { Person } from "./person.ts";
import { conversationRow, groupOf } from "./turned.ts";
import { World } from "./world.ts";

function epochOf(person: Person, conversation: string): number | undefined {
  return person.disk.get<{ epoch: number }>(
    "SELECT epoch FROM groups JOIN conversations USING (group_id) WHERE conversations.conversation = ?",
    fromHex(conversation),
  )?.epoch;
}

test("[GR22] a request to be let in again that home shows many times lets the device in once, and never out", async () => {
  const world = new World({ seed: 61 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  // Home repeats whatever comes for Ann, and keeps the last messages to show them again later.
  const kept: Uint8Array[] = [];
  world.network.meddle(ann.device, (frame) => {
    if (frame[0] !== pushFrame) return [frame];
    kept.push(Uint8Array.from(frame));
    return [frame, frame];
  });
  const dropped = dropPush(world, cat.device, "commit");
  await ann.api.renameGroup(group, "Renamed");
  await world.until("the commit is gone", () => dropped() === 1);
  await ben.say(group, "still here?");
  await world.until("Cat is back", () => cat.view("conversation", group)?.title === "Renamed", 180_000);
  await world.pass(5_000);
  const epoch = epochOf(ann, group);
  const again = [...kept];
  world.network.meddle(ann.device, (frame) => (frame[0] === pushFrame ? [frame, ...again.splice(0)] : [frame]));
  await ben.say(group, "once more");
  await world.pass(5_000);
  expect(again).toEqual([]);
  expect(epochOf(ann, group)).toBe(epoch);
  await ben.say(group, "and now?");
  await world.until("Cat reads", () => cat.reads(group).includes("and now?"));
  expect(ann.client.diagnostics()["resync-refused"]).toBeGreaterThan(0);
  expect(world.bugs()).toEqual([]);
});

test("[DS4] [GR22] a device that is let in again is reached for seven days more where others knew it", async () => {
  const world = new World({ seed: 64 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  const addressOfCat = () =>
    cat.disk.get<{ address: Uint8Array }>(
      "SELECT address FROM groups JOIN conversations USING (group_id) WHERE conversations.conversation = ?",
      fromHex(group),
    )?.address as Uint8Array;
  const before = addressOfCat();
  dropPush(world, cat.device, "commit");
  await ann.api.renameGroup(group, "Renamed");
  await ben.say(group, "still here?");
  await world.until("Cat is back", () => cat.view("conversation", group)?.title === "Renamed", 180_000);
  expect(addressOfCat()).not.toEqual(before);
  world.network.breakSockets(cat.device); // At a sign-in what was retired goes.
  await world.pass(6 * 86_400_000);
  const kept = () => cat.disk.get("SELECT address FROM addresses WHERE address = ?", before);
  expect(kept()).toBeTruthy();
  world.network.breakSockets(cat.device);
  await world.pass(2 * 86_400_000);
  world.network.breakSockets(cat.device);
  await world.pass(60_000);
  expect(kept()).toBeFalsy();
  expect(world.bugs()).toEqual([]);
});

test("[GR22] who was removed by a change that never came learns it from a person who is asked", async () => {
  const world = new World({ seed: 62 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  world.network.meddle(cat.device, (frame) => (isPushOf(frame, "commit") ? [] : [frame]));
  await ann.api.renameGroup(group, "Renamed");
  await world.pass(2_000);
  await ann.api.removeMember(group, cat.account);
  await world.until("Cat is gone", () => ann.view("conversation", group)?.members.length === 2);
  await cat.say(group, "does anybody hear me?");
  await world.until("Cat learns it", () => cat.view("conversation", group)?.state === "removed", 300_000);
  expect(ben.reads(group)).not.toContain("does anybody hear me?");
  expect(world.bugs()).toEqual([]);
});

test("[GR11] [GR22] a device that was set back to an older state notices its own later words, and gets fresh keys", async () => {
  const world = new World({ seed: 63 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(2_000);
  const before = ben.takeSnapshot();
  // What Ben says goes, but its echo does not come back before his disk is set back.
  world.network.meddle(ben.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  await ben.say(chat, "said before");
  await world.until("Ann reads", () => ann.reads(chat).includes("said before"));
  ben.restore(before);
  world.network.meddle(ben.device, undefined);
  const epoch = epochOf(ann, chat) ?? 0;
  await ben.switchOn();
  await world.until("Ben noticed", () => ben.client.diagnostics()["resync-rolled-back"] === 1);
  await world.until("Ben has new keys", () => (epochOf(ann, chat) ?? 0) > epoch, 180_000);
  await ben.say(chat, "said after");
  await world.until("Ann reads", () => ann.reads(chat).includes("said after"), 180_000);
  expect(ben.reads(chat)).toContain("said before");
  expect(world.bugs()).toEqual([]);
});

test("[GR11] [GR22] a device that was set back behind its own commit asks to be let in, and leaves out nobody who came by it", async () => {
  const world = new World({ seed: 66 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Two");
  await world.befriend(ann, cat);
  await world.pass(2_000);
  const before = ann.takeSnapshot();
  // Her commit goes, but its echo does not come back before her disk is set back.
  world.network.meddle(ann.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  ann.restore(before);
  world.network.meddle(ann.device, undefined);
  await ann.switchOn();
  await world.until("Ann noticed", () =>
    Object.keys(ann.client.diagnostics()).some((what) => what.startsWith("resync-")),
  );
  await world.until("Ann is in again", () => ann.view("conversation", group)?.members.length === 3, 180_000);
  await ann.say(group, "all here?");
  for (const one of [ben, cat]) await world.until("they read", () => one.reads(group).includes("all here?"), 180_000);
  expect(conversationRow(cat, group).founding).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[GR22.2] who leads and is behind asks members too, before they found on that state a group that lacks who came since", async () => {
  const world = new World({ seed: 67 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Two");
  await world.befriend(ben, cat);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  tablet.crash(); // Ann is the only one who leads, and nobody but Ben is awake.
  const dropped = dropPush(world, ann.device, "commit");
  await ben.api.addMembers(group, [cat.account]);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open");
  await world.until("Ann missed it", () => dropped() === 1);
  await cat.say(group, "good evening");
  await world.until("Ann is in again", () => ann.view("conversation", group)?.members.length === 3, 300_000);
  await ann.say(group, "all here?");
  for (const one of [ben, cat]) await world.until("they read", () => one.reads(group).includes("all here?"));
  expect(conversationRow(cat, group).founding).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[GR22.2] nobody asks a device to let them in whose account lists it no more", async () => {
  const world = new World({ seed: 69 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Three");
  // Ben knows of Ann's devices by their chat alone: of her only one that he holds in the group, he hears that it is
  // lost.
  const { gate } = (await groupOf(ben, group)).state;
  const isOfGroup = (frame: Uint8Array) => isPushOf(frame, "commit") && toHex(frame.subarray(10, 42)) === toHex(gate);
  world.network.meddle(ben.device, (frame) => (isOfGroup(frame) ? [] : [frame]));
  const phone = ann.view("status").me?.device ?? "";
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  ann.crash(); // For good.
  await world.during(tablet.api.revokeDevice(phone));
  await world.pass(5_000);
  world.network.meddle(ben.device, undefined);
  await cat.say(group, "anybody?");
  await world.until("Ben is frozen", () => ben.client.diagnostics()["resync-missed-commit"] === 1);
  // Well before the fourth asking, which goes to all.
  await ben.say(group, "I am");
  await world.until("Cat reads", () => cat.reads(group).includes("I am"), 100_000);
  expect(world.bugs()).toEqual([]);
});

test("[ID20] one account with two histories hears nothing more, and stops neither the group nor its own removal", async () => {
  for (const isRemoved of [true, false]) {
    const world = new World({ seed: 64 });
    const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
    const group = await world.group(ann, [ben, cat], "Watched");
    const catId = fromHex(cat.account);
    for (const one of [ann, ben]) {
      one.crash();
      one.disk.run("UPDATE accounts SET frozen_at = 0 WHERE account = ?", catId);
      await one.switchOn();
    }
    if (isRemoved) await ann.api.removeMember(group, cat.account);
    await ann.say(group, "who hears this?");
    await world.until("Ben reads", () => ben.reads(group).includes("who hears this?"));
    await ben.say(group, "I do");
    await world.until("Ann reads", () => ann.reads(group).includes("I do"));
    await world.pass(20_000);
    expect(cat.reads(group)).not.toContain("who hears this?");
    expect(world.bugs()).toEqual([]);
  }
});

test("[ID16] a contact link outlives the device that made it", async () => {
  const world = new World({ seed: 65 });
  const ann = await world.person("Ann");
  const link = await world.during(ann.api.myLink());
  const tablet = await world.linkDevice(ann);
  await world.pass(2_000);
  await world.during(tablet.api.revokeDevice(ann.view("status").me?.device ?? ""));
  await world.pass(200_000);
  const ben = await world.person("Ben");
  await world.during(ben.api.requestContact({ link, greeting: "from the old card", scanned: true }));
  await world.until("the request arrives", () => tablet.view("requests").length === 1);
  expect(world.bugs()).toEqual([]);
});

test("[DS4] [DS29] blocking somebody who came by the last-resort package shuts out nobody else", async () => {
  const world = new World({ seed: 66, keyPackagesKept: 0 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const link = await world.during(ann.api.myLink());
  await world.befriend(ben, ann);
  await world.during(ann.api.block(ben.account));
  await world.pass(20_000);
  await world.during(cat.api.requestContact({ link, greeting: "hello", scanned: true }));
  await world.until("the request arrives", () => ann.view("requests").length === 1);
  expect(world.bugs()).toEqual([]);
});

test("[DS29a] who drew the last-resort package before another took its place comes in by it, however many they are", async () => {
  const world = new World({ seed: 67, keyPackagesKept: 0 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const askers = [await world.person("Cat"), await world.person("Dan")];
  const link = await world.during(ann.api.myLink());
  await world.befriend(ben, ann);
  // What they post comes to Ann only once she has blocked Ben, whose leaf of hers had the package's address.
  world.network.meddle(ann.device, (frame) => (frame[0] === pushFrame ? [] : [frame]));
  for (const one of askers) await world.during(one.api.requestContact({ link, greeting: "hello", scanned: true }));
  await world.pass(5_000);
  await world.during(ann.api.block(ben.account));
  await world.pass(5_000);
  world.network.meddle(ann.device, undefined);
  world.network.breakSockets(ann.device);
  await world.until("both requests arrive", () => ann.view("requests").length === 2);
  for (const { conversation } of ann.view("requests")) await ann.api.acceptRequest(conversation);
  await world.pass(11 * 60_000);
  world.network.breakSockets(ann.device); // She signs in again, and what is over goes.
  await world.pass(20_000);
  expect(ann.disk.all("SELECT 1 FROM key_packages WHERE last_resort = 2")).toEqual([]);
  for (const one of askers) {
    const chat = one.chat("Ann");
    await one.say(chat, `${one.name} is here`);
    await world.until("Ann reads", () => ann.reads(chat).includes(`${one.name} is here`));
  }
  expect(world.bugs()).toEqual([]);
});

test("[DS4] who waits for an answer is heard, though another who came by the same package was declined", async () => {
  const world = new World({ seed: 68, keyPackagesKept: 0 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const link = await world.during(ann.api.myLink());
  for (const one of [cat, ben]) await world.during(one.api.requestContact({ link, greeting: "hello", scanned: true }));
  await world.until("both requests arrive", () => ann.view("requests").length === 2);
  await world.during(ann.api.declineRequest(ben.chat("Ann")));
  for (let i = 0; i < 2; i++) {
    await world.pass(11 * 60_000);
    world.network.breakSockets(ann.device); // She signs in again, and what is over goes.
  }
  await world.pass(20_000);
  const chat = cat.chat("Ann");
  await cat.say(chat, "still there?");
  await world.until("Ann reads", () => ann.reads(chat).includes("still there?"));
  expect(world.bugs()).toEqual([]);
});

test("[GR22.9] who was let in by a last-resort package, and missed it, is let in again, though a request that nobody answers came by the same one", async () => {
  const world = new World({ seed: 12, keyPackagesKept: 0 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const dan = await world.person("Dan");
  const group = await world.group(ann, [ben, cat], "Choir");
  const link = await world.during(cat.api.myLink());
  await world.pass(5_000);
  world.network.cutOff(cat.device);
  await ann.api.removeMember(group, cat.account);
  await world.pass(5_000);
  await ann.api.addMembers(group, [cat.account]);
  await world.pass(5_000);
  await world.during(dan.api.requestContact({ link, greeting: "hello", scanned: true }));
  await ben.say(group, "still here?");
  await world.pass(5_000);
  world.network.meddle(cat.device, (frame) => (isPushOf(frame, "commit") ? [] : [frame]));
  // The one who is asked answers only once the request is there.
  world.network.cutOff(ann.device);
  world.network.letBack(cat.device);
  await world.until("Cat asks", () => cat.client.diagnostics()["resync-missed-commit"] === 1);
  world.network.meddle(cat.device, undefined);
  await world.until("Dan's request is there", () => cat.view("requests").length === 1);
  world.network.letBack(ann.device);
  await world.until("Cat is in", () => cat.view("conversation", group)?.state === "open", 300_000);
  await ben.say(group, "there you are");
  await world.until("Cat reads", () => cat.reads(group).includes("there you are"));
  expect(cat.client.diagnostics()["place-refused"]).toBeUndefined();
  expect(cat.view("requests").length).toBe(1);
  await cat.api.acceptRequest(dan.chat("Cat"));
  await dan.say(dan.chat("Cat"), "at last");
  await world.until("Cat reads Dan", () => cat.reads(dan.chat("Cat")).includes("at last"));
  expect(world.bugs()).toEqual([]);
});
