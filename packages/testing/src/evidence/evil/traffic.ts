/** P4: messages and commits that the operator drops or repeats. */
import type { Push } from "@yanshu/wire";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, count, isOpen, people, watchedWorld } from "./attack.ts";
import { changePushes, diagnosticsOf, dropPushes, noticed } from "./operator.ts";

export const droppedMessage: Attack = async (weakness = {}) => {
  const world = watchedWorld(521, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const group = await world.group(ann, [ben, cat], "Family");
  await ann.say(group, "hello");
  await ben.say(group, "hello too");
  await world.until("Cat reads both", () => cat.reads(group).length === 2);
  const dropped = dropPushes(world, cat, 1);
  await ann.say(group, "suppressed");
  await world.until("it is gone", () => dropped() === 1 && ben.reads(group).includes("suppressed"));
  await world.pass(2_000);
  const wasHidden = !cat.reads(group).includes("suppressed");
  await ben.say(group, "next"); // Not by whom it was: by anyone.
  const comesNext = await comesTrue(world, () => cat.reads(group).includes("next"));
  const seen = noticed(cat, "gap") > 0;
  const recovered = await comesTrue(world, () => cat.reads(group).includes("suppressed"));
  return allOf(
    "P4.dropped-message",
    "a message that the operator drops: noticed at the next one of anybody, asked for, and recovered",
    {
      "the next one arrives": comesNext,
      noticed: seen,
      recovered,
      "once everywhere": [ann, ben, cat].every((one) => count(one, group, "suppressed") === 1),
    },
    wasHidden,
    diagnosticsOf(cat),
  );
};

export const droppedCommit: Attack = async (weakness = {}) => {
  const world = watchedWorld(522, weakness);
  const [ann, ben, cat] = await people(world, "Ann", "Ben", "Cat");
  const group = await world.group(ann, [ben, cat], "Before");
  await world.pass(3_000);
  const dropped = dropPushes(world, cat, 1);
  await ann.api.renameGroup(group, "After");
  await world.until("the commit is gone", () => dropped() === 1);
  await world.pass(2_000);
  const wasHidden = cat.view("conversation", group)?.title === "Before";
  await ben.say(group, "still here?");
  const seen = await comesTrue(world, () => noticed(cat, "missed-commit", "resync-missed-commit") > 0);
  const isLetIn = await comesTrue(world, () => cat.view("conversation", group)?.title === "After", 180_000);
  await ben.say(group, "and now?");
  const reads = await comesTrue(world, () => cat.reads(group).includes("and now?"));
  await cat.say(group, "yes");
  const isRead = await comesTrue(world, () => [ann, ben].every((one) => one.reads(group).includes("yes")));
  const lost = !cat.reads(group).includes("still here?") && !cat.lines(group).includes("lost");
  return allOf(
    "P4.dropped-commit",
    "a commit that the operator drops: noticed, and the device is let in again",
    {
      noticed: seen,
      "let in again": isLetIn,
      "reads and writes again": reads && isRead,
      "nothing missing unsaid": !lost,
    },
    wasHidden,
    diagnosticsOf(cat),
  );
};

/** Every push three times, and the last ten again after each. */
export const replayed: Attack = async (weakness = {}) => {
  const world = watchedWorld(523, weakness);
  const [ann, ben, cat, dan] = await people(world, "Ann", "Ben", "Cat", "Dan");
  const group = await world.group(ann, [ben, cat], "Echo");
  await world.befriend(ann, dan);
  let extra = 0;
  for (const person of [ann, ben, cat, dan]) {
    const past: Push[] = [];
    changePushes(world, person, (push) => {
      const again = [push, push, ...past];
      extra += again.length;
      past.push(push);
      if (past.length > 10) past.shift();
      return [push, ...again];
    });
  }
  const said = ["one", "two", "three", "four", "five", "six"];
  for (const [i, text] of said.entries()) {
    await ([ann, ben, cat][i % 3] as typeof ann).say(group, text);
    if (i === 1) await ann.api.renameGroup(group, "Echo echo");
    if (i === 3) await ann.api.addMembers(group, [dan.account]);
    await world.pass(2_000);
  }
  const all = await comesTrue(world, () =>
    [ann, ben, cat].every((one) => said.every((text) => one.reads(group).includes(text))),
  );
  await world.pass(10_000);
  const everyone = [ann, ben, cat, dan];
  return allOf(
    "P4.replayed",
    "frames that the operator repeats, at once and later: nothing doubled, nobody thrown off",
    {
      "all arrives": all,
      "nothing doubled": everyone.every((one) => said.every((text) => count(one, group, text) <= 1)),
      "in order": [ann, ben, cat].every(
        (one) =>
          one
            .reads(group)
            .filter((text) => said.includes(text))
            .join() === said.join(),
      ),
      "one name, four members": everyone.every((one) => {
        const seen = one.view("conversation", group);
        return seen?.title === "Echo echo" && seen.members.length === 4;
      }),
      "all open, without a resync": everyone.every(
        (one) => isOpen(one, group) && !diagnosticsOf(one).includes("resync-"),
      ),
      noticed: everyone.every((one) => noticed(one, "refused-replay", "late-envelope", "repeat") > 0),
    },
    extra > 100,
    `${extra} frames repeated; ${diagnosticsOf(ben)}`,
  );
};
