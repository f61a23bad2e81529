/**
 * What home says of a member, or of a post, and is its word alone (docs/spec/groups.md GR57, docs/spec/sync.md SY66).
 */
import { expect, test } from "bun:test";
import { toHex } from "@yanshu/wire";
import { denies, refuses, rightsTo } from "./home-lies.ts";
import type { Person } from "./person.ts";
import { foundingOf, stopAtGate } from "./rows.ts";
import { groupOf } from "./turned.ts";
import { World } from "./world.ts";

const members = (person: Person, group: string) =>
  person.view("conversation", group)?.members.map(({ account }) => account) ?? [];

test("[GR57] [GR58] home puts nobody out by denying their rights when a group is founded anew: all are told, and they come back", async () => {
  const world = new World({ seed: 4_001 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Family");
  const rights = await rightsTo(ann, cat);
  world.network.cutOff(cat.device);
  stopAtGate(ann, group);
  const denied = denies(world, ann, rights);
  await ann.switchOn();
  await world.until("Ben is in the new group", () => foundingOf(ben, group) === 2);
  expect(denied()).toBeGreaterThan(0);
  await world.until("Ben is told", () => ben.lines(group).includes("left-out"));
  expect(ann.lines(group)).toContain("left-out");
  expect(members(ben, group)).not.toContain(cat.account);

  world.network.letBack(cat.device);
  await world.until(
    "Cat is in again",
    () => foundingOf(cat, group) === 2 && members(ben, group).includes(cat.account),
    300_000,
  );
  expect(cat.lines(group)).not.toContain("you-were-removed");
  await ben.say(group, "all here?");
  await world.until("Cat reads it", () => cat.reads(group).includes("all here?"));

  // Whom an admin sends away afterwards is named no more, and so is let in for no asking.
  const named = async () => (await groupOf(ben, group)).state.more?.map(({ data }) => toHex(data)) ?? [];
  expect(await named()).toEqual([cat.account.slice(0, 32)]);
  await ann.api.removeMember(group, cat.account);
  await world.until("Cat is out", () => cat.view("conversation", group)?.state === "removed");
  expect(await named()).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[GR57] who is to come after a founding, and is denied by home, is named by a commit, and all are told", async () => {
  const world = new World({ seed: 4_004 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Family");
  const rights = await rightsTo(ann, cat);
  // As in a group of more than a hundred: the founding goes without Cat, and she is added by a commit.
  world.network.cutOff(ann.device);
  await ann.api.removeMember(group, cat.account);
  stopAtGate(ann, group);
  world.network.letBack(ann.device);
  await ann.switchOn();
  await world.until("Ben is in the new group", () => foundingOf(ben, group) === 2);
  expect(ben.lines(group)).not.toContain("left-out");
  const denied = denies(world, ann, rights);
  await ann.api.addMembers(group, [cat.account]);
  await world.until("both are told", () => [ann, ben].every((one) => one.lines(group).includes("left-out")), 300_000);
  expect(denied()).toBeGreaterThan(0);
  expect((await groupOf(ben, group)).state.more?.map(({ data }) => toHex(data))).toEqual([cat.account.slice(0, 32)]);
  expect(world.bugs()).toEqual([]);
});

test("[SY71] who could not be added, to a group or to a new one, is named by a line", async () => {
  const world = new World({ seed: 4_005 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben], "Family");
  await world.befriend(ann, cat);
  const denied = denies(world, ann, await rightsTo(ann, cat));
  await ann.api.addMembers(group, [cat.account]);
  const trip = await ann.api.createGroup({ name: "Trip", accounts: [ben.account, cat.account] });
  for (const one of [group, trip]) await world.until("Ann is told", () => ann.lines(one).includes("not-done"), 300_000);
  expect(denied()).toBeGreaterThan(3);
  await world.until("the others are in", () => members(ben, trip).length === 2);
  expect([...members(ann, group), ...members(ann, trip)]).not.toContain(cat.account);
  expect(world.bugs()).toEqual([]);
});

test("[SY66] a removal that home calls malformed is not dropped, and nothing is said to the one who was to go", async () => {
  const world = new World({ seed: 4_002 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Family");
  await world.pass(3_000);
  const lies = refuses(world, ann, "commit");
  await ann.api.removeMember(group, cat.account);
  await ann.say(group, "now that she is gone");
  await world.until("Ann is told", () => ann.lines(group).includes("held-up"), 600_000);
  expect(lies.count).toBeGreaterThan(3);
  expect([...ben.reads(group), ...cat.reads(group)]).toEqual([]);
  lies.isHonest = true;
  await world.until("Ben reads", () => ben.reads(group).includes("now that she is gone"), 120_000);
  await world.until("Cat is out", () => cat.view("conversation", group)?.state === "removed");
  expect(cat.reads(group)).toEqual([]);
  expect(ann.lines(group).filter((line) => line === "held-up")).toHaveLength(1);
  expect(world.bugs()).toEqual([]);
});

test("[SY66] a recall that home calls malformed waits until it is taken", async () => {
  const world = new World({ seed: 4_003 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const id = await ann.say(chat, "too early");
  await world.until("Ben reads", () => ben.reads(chat).includes("too early"));
  const lies = refuses(world, ann, "application");
  await ann.api.recall(chat, id);
  await world.until("Home lies", () => lies.count > 2);
  lies.isHonest = true;
  await world.until("Ben reads it no more", () => !ben.reads(chat).includes("too early"), 120_000);
  expect(world.bugs()).toEqual([]);
});
