/**
 * Several who lead a group leave it at one time: somebody who stays is left to act on it (docs/spec/groups.md GR20).
 */
import { expect, test } from "bun:test";
import type { Person } from "./person.ts";
import { foundingOf, jobsOf } from "./rows.ts";
import { World } from "./world.ts";

/** Ann's group, in which Ben is an admin. */
async function choir(seed: number) {
  const world = new World({ seed });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Choir");
  await ann.api.setRole(group, ben.account, "admin");
  await world.until("Ben is an admin", () => ben.view("conversation", group)?.may.remove === true);
  await world.pass(1_000);
  const state = (person: Person) => person.view("conversation", group)?.state;
  const isAloneAsOwner = () => {
    const members = cat.view("conversation", group)?.members ?? [];
    return members.length === 1 && members[0]?.role === "owner";
  };
  return { world, ann, ben, cat, group, state, isAloneAsOwner };
}

test("[GR20.4] an owner who is away hands the group to nobody who has left by then, but to who stays", async () => {
  const { world, ann, ben, cat, group, state, isAloneAsOwner } = await choir(420);
  world.network.cutOff(ann.device);
  await ann.api.leaveGroup(group); // Ben shall have it.
  await ben.api.leaveGroup(group);
  await world.until("Ben has left", () => state(ben) === "left");
  await cat.api.renameGroup(group, "Quartet"); // What Ann's device makes before it hears of all this is void.
  await world.until("it has the new name", () => cat.view("conversation", group)?.title === "Quartet");
  world.network.letBack(ann.device);
  await world.until("Ann has left", () => state(ann) === "left");
  await world.until("the group is Cat's", isAloneAsOwner);
  expect(foundingOf(cat, group)).toBe(1);
  expect(world.bugs()).toEqual([]);
});

test("[GR20.4] an owner whose only admin has said that they leave is asked who shall have the group", async () => {
  const { world, ann, ben, cat, group, state, isAloneAsOwner } = await choir(423);
  await ben.api.leaveGroup(group);
  // It has heard, and has let nobody go yet.
  await world.atOnce("her device plans it", () => jobsOf(ann, group).length > 0);
  world.network.cutOff(ann.device);
  const refused = await ann.api.leaveGroup(group).catch((error: { code?: string }) => error.code);
  expect(refused).toBe("last-admin");
  await ann.api.leaveGroup(group, cat.account);
  world.network.letBack(ann.device);
  await world.until("Ann has left", () => state(ann) === "left");
  await world.until("the group is Cat's", isAloneAsOwner);
  expect(world.bugs()).toEqual([]);
});

test("[GR20.4] an admin whose word waits and who is handed the group meanwhile hands it on", async () => {
  const { world, ann, ben, group, state, isAloneAsOwner } = await choir(421);
  world.network.cutOff(ben.device);
  await ben.api.leaveGroup(group);
  await ann.api.leaveGroup(group);
  await world.until("Ann has left", () => state(ann) === "left");
  world.network.letBack(ben.device);
  await world.until("Ben has left", () => state(ben) === "left");
  await world.until("the group is Cat's", isAloneAsOwner);
  expect(world.bugs()).toEqual([]);
});

test("[GR20.4] who handed the group to somebody whose leaving was on its way founds it anew before they go", async () => {
  const { world, ann, ben, cat, group, state, isAloneAsOwner } = await choir(422);
  const isMade = () => ann.disk.get("SELECT 1 FROM pending_commits WHERE creates = 0") !== undefined;
  await ann.api.leaveGroup(group);
  await world.atOnce("the commit is made", isMade); // On its way, and not at home yet.
  world.network.cutOff(ann.device);
  await ben.api.leaveGroup(group);
  await world.until("Ben has left", () => state(ben) === "left");
  world.network.letBack(ann.device);
  await world.until("Ann has left", () => state(ann) === "left");
  await world.until("the group is Cat's", isAloneAsOwner);
  expect(foundingOf(cat, group)).toBe(2);
  expect(jobsOf(ann, group)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});
