/** Foundings that others overtake, and devices that a founding must reach (docs/spec/groups.md GR17, GR20). */
import { expect, test } from "bun:test";
import type { Person } from "./person.ts";
import { foundingOf, jobsOf, stopAtGate } from "./rows.ts";
import { World } from "./world.ts";

test("[GR17.6] a founding that another has overtaken brings back nobody who was removed from that", async () => {
  const world = new World({ seed: 90 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Board");
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  ben.crash();
  stopAtGate(ann, group);
  await ann.switchOn();
  await world.until("Ann founded it anew", () => foundingOf(cat, group) === 2);
  await ann.api.removeMember(group, cat.account);
  await world.until("Cat is out", () => cat.view("conversation", group)?.state === "removed");
  stopAtGate(ben, group);
  await ben.switchOn();
  await world.until("Ben has what Ann founded", () => foundingOf(ben, group) === 2);
  await world.pass(30_000);
  expect([foundingOf(ann, group), foundingOf(ben, group)]).toEqual([2, 2]);
  expect(cat.view("conversation", group)?.state).toBe("removed");
  expect(jobsOf(ben, group)).toEqual([]);
  await ben.say(group, "without her");
  await world.until("Ann reads", () => ann.reads(group).includes("without her"));
  expect(world.bugs()).toEqual([]);
});

/** Ann's phone dies when her tablet is on the list, and before it told the tablet anything. */
async function toldNothing(world: World, ann: Person): Promise<Person> {
  const tablet = await world.beginLinking(ann);
  await world.during(tablet.api.confirmJoin(true));
  void ann.api.confirmWords(true);
  await world.until("the tablet is on the list", () => tablet.view("status").me !== undefined);
  ann.crash();
  await world.pass(2_000);
  return tablet;
}

test("[GR17.5] a device that was told of nothing founds a 1:1 that is long under way: it is let into that", async () => {
  const world = new World({ seed: 91 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  stopAtGate(ben, chat);
  await ben.switchOn();
  await world.until("it was founded anew", () => foundingOf(ann, chat) === 2);
  const link = await world.during(ben.api.myLink());
  const tablet = await toldNothing(world, ann);
  expect(tablet.view("conversation", chat)).toBeUndefined();
  await world.during(tablet.api.requestContact({ link, greeting: "me again", scanned: true }));
  await world.pass(5_000);
  await ben.say(chat, "do you hear me there?");
  await world.until("the tablet reads", () => tablet.reads(chat).includes("do you hear me there?"));
  expect(world.bugs()).toEqual([]);
});

test("[GR18.8] asked again by a device that knew nothing of what was declined, both sides meet in one conversation", async () => {
  for (const seed of [93, 94, 95]) {
    const world = new World({ seed });
    const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
    const link = await world.during(ben.api.myLink());
    await world.during(ann.api.requestContact({ link, greeting: "it's me", scanned: true }));
    await world.until("Ben is asked", () => ben.view("requests").length === 1);
    const [{ conversation: chat } = { conversation: "" }] = ben.view("requests");
    await ben.api.declineRequest(chat);
    const tablet = await toldNothing(world, ann);
    await world.during(tablet.api.requestContact({ link, greeting: "do you know me?", scanned: true }));
    await world.until("Ben is asked again", () => ben.view("requests").length === 1);
    await ben.api.acceptRequest(chat);
    await world.pass(5_000);
    await ann.switchOn();
    await world.pass(180_000);
    await ben.say(chat, "now I do");
    await world.until("both devices read", () => [ann, tablet].every((one) => one.reads(chat).includes("now I do")));
    await ann.say(chat, "from the phone");
    await world.until("Ben reads", () => ben.reads(chat).includes("from the phone"));
    expect(world.bugs()).toEqual([]);
  }
});

test("[GR18.8] who declined, and whose new device then asks the other by itself, meets them in one conversation", async () => {
  for (const seed of [96, 97, 98, 99]) {
    const world = new World({ seed });
    const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
    const linkOfAnn = await world.during(ann.api.myLink());
    const linkOfBen = await world.during(ben.api.myLink());
    await world.during(ben.api.requestContact({ link: linkOfAnn, greeting: "it's me", scanned: true }));
    await world.until("Ann is asked", () => ann.view("requests").length === 1);
    const [{ conversation: chat } = { conversation: "" }] = ann.view("requests");
    await ann.api.declineRequest(chat);
    const tablet = await toldNothing(world, ann);
    await world.during(tablet.api.requestContact({ link: linkOfBen, greeting: "are you Ben?", scanned: true }));
    await world.until("Ben knows her", () => ben.view("conversation", chat)?.state === "open");
    await ann.switchOn();
    await world.pass(180_000);
    await ben.say(chat, "I am");
    await world.until("both devices read", () => [ann, tablet].every((one) => one.reads(chat).includes("I am")));
    await ann.say(chat, "from the phone");
    await world.until("Ben reads", () => ben.reads(chat).includes("from the phone"));
    expect(world.bugs()).toEqual([]);
  }
});

test("[GR20] an admin's device that has left itself acts on nobody's leaving any more", async () => {
  const world = new World({ seed: 92 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Walks");
  await ann.api.setRole(group, ben.account, "owner");
  await world.until("Ben owns it", () => ben.view("conversation", group)?.may.appoint === true);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  tablet.crash();
  ben.crash(); // Nobody removes anybody, so that both leave in one epoch.
  await ann.api.leaveGroup(group);
  await world.until("Ann has left", () => ann.view("conversation", group)?.state === "left");
  await cat.api.leaveGroup(group);
  await world.until("Cat has left", () => cat.view("conversation", group)?.state === "left");
  await tablet.switchOn();
  await world.until("the tablet has left", () => tablet.view("conversation", group)?.state === "left");
  await world.pass(5_000);
  expect(jobsOf(tablet, group)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR14] [GR20] who left, came back and was handed the group stays, no matter who hears of it late", async () => {
  const world = new World({ seed: 93 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Walks");
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  ben.crash();
  await cat.api.leaveGroup(group);
  await world.until("Cat is out", () => ann.view("conversation", group)?.members.length === 2);
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is back", () => cat.view("conversation", group)?.state === "open");
  await ann.api.setRole(group, cat.account, "owner");
  await world.until("Cat owns it", () => cat.view("conversation", group)?.may.appoint === true);
  await ben.switchOn();
  await world.pass(30_000);
  expect([ann, ben, cat].map((one) => foundingOf(one, group))).toEqual([1, 1, 1]);
  expect(ben.view("conversation", group)?.members.length).toBe(3);
  expect(jobsOf(ben, group)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR20] [SY9] a device that came meanwhile asks what it missed of somebody, and is not told that they leave", async () => {
  const world = new World({ seed: 94 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Walks");
  await cat.api.leaveGroup(group);
  await world.until("Cat is out", () => ann.view("conversation", group)?.members.length === 2);
  const tablet = await world.linkDevice(ann);
  await world.until("the tablet is in", () => tablet.view("conversation", group)?.state === "open");
  await ann.api.addMembers(group, [cat.account]);
  await world.until("Cat is back", () => cat.view("conversation", group)?.state === "open");
  await cat.say(group, "here again");
  await world.until("the tablet reads", () => tablet.reads(group).includes("here again"));
  expect(tablet.client.diagnostics()["gap"]).toBe(1);
  await world.pass(30_000);
  expect(cat.view("conversation", group)?.state).toBe("open");
  expect(tablet.view("conversation", group)?.members.length).toBe(3);
  expect(world.bugs()).toEqual([]);
});
