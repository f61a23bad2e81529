/** P4: what the operator says of somebody's rights, or of a post, and is its word alone. */
import { toHex } from "@yanshu/wire";
import { denies, refuses, rightsTo } from "../../world/home-lies.ts";
import type { Person } from "../../world/person.ts";
import { foundingOf, stopAtGate } from "../../world/rows.ts";
import { groupOf } from "../../world/turned.ts";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, people, watchedWorld } from "./attack.ts";
import { diagnosticsOf } from "./operator.ts";

/** Home causes a founding, and says that it knows no right of a member who is away. */
export const deniedMember: Attack = async (weakness = {}) => {
  const world = watchedWorld(541, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const group = await world.group(ann, [ben, cat], "Family");
  const rights = await rightsTo(ann, cat);
  world.network.cutOff(cat.device);
  stopAtGate(ann, group);
  const denied = denies(world, ann, rights);
  await ann.switchOn();
  const isFounded = await comesTrue(world, () => foundingOf(ben, group) === 2);
  const isTold = await comesTrue(world, () => [ann, ben].every((one) => one.lines(group).includes("left-out")));
  const isOut = !accountsIn(ben, group).includes(cat.account);
  const named = (await groupOf(ben, group)).state.more?.map(({ data }) => toHex(data)) ?? [];
  world.network.letBack(cat.device);
  const isIn = await comesTrue(
    world,
    () => foundingOf(cat, group) === 2 && accountsIn(ben, group).includes(cat.account),
    300_000,
  );
  await ben.say(group, "all here?");
  const reads = await comesTrue(world, () => cat.reads(group).includes("all here?"));
  return allOf(
    "P4.denied-member",
    "a member whose rights home denies at a founding: named to all, told by nobody that they are out, and let in again",
    {
      "the group goes on": isFounded,
      "told in a line": isTold,
      "the new state names them": named.includes(cat.account.slice(0, 32)),
      "nobody says that they are out": !cat.lines(group).includes("you-were-removed"),
      "let in again": isIn && reads,
    },
    denied() > 0 && isOut,
    diagnosticsOf(ann, ben, cat),
  );
};

/** Home calls a removal malformed, so that who is to go stays and reads on. */
export const refusedRemoval: Attack = async (weakness = {}) => {
  const world = watchedWorld(542, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const group = await world.group(ann, [ben, cat], "Family");
  await world.pass(3_000);
  const lies = refuses(world, ann, "commit");
  await ann.api.removeMember(group, cat.account);
  await ann.say(group, "now that she is gone");
  const isTold = await comesTrue(world, () => ann.lines(group).includes("held-up"), 300_000);
  const isSilent = [ben, cat].every((one) => one.reads(group).length === 0);
  lies.isHonest = true;
  const goesOn = await comesTrue(world, () => ben.reads(group).includes("now that she is gone"), 120_000);
  const isGone = await comesTrue(world, () => cat.view("conversation", group)?.state === "removed");
  return allOf(
    "P4.refused-removal",
    "a removal that home calls malformed: it waits, what is said after it too, and a line says so",
    {
      "told in a line": isTold,
      "nothing is said to who was to go": isSilent && cat.reads(group).length === 0,
      "done once home takes it": goesOn && isGone,
    },
    lies.count > 3,
    diagnosticsOf(ann, ben, cat),
  );
};

function accountsIn(person: Person, group: string): readonly string[] {
  return person.view("conversation", group)?.members.map(({ account }) => account) ?? [];
}
