/**
 * R5.1: home holds one message back, and later somebody has the device's store and all that home kept of the line. What
 * was read and is gone must not open by what the device keeps for the one that is missing (docs/spec/groups.md GR33).
 */
import { createMls } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { asThiefWould } from "@yanshu/mls/testing/stolen-rows";
import { openBunSnapshot } from "@yanshu/store/bun";
import { loadGroup, storedIdentity } from "../../sim/group-devices.ts";
import { groupOf, readWith, tap } from "../../world/thief.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check } from "../check.ts";
import { dropPushes } from "../evil/operator.ts";

const saidAfter = 5;

/** @param oldCopy for the test of the evidence: the store was copied before anything was said. */
export async function withheldMessage(oldCopy = false): Promise<Check> {
  const world = new World({ seed: 605 });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  await world.pass(120_000);
  const tapped = tap(world, cat); // The same envelopes that home has for Ben.
  const before = ben.takeSnapshot();
  const dropped = dropPushes(world, ben, 1);
  await ann.say(group, "held back");
  await world.until("Cat has it", () => cat.reads(group).includes("held back"));
  const later = Array.from({ length: saidAfter }, (_, i) => `read ${i}`);
  for (const text of later) await ann.say(group, text);
  await world.until("Ben reads what came after", () => ben.reads(group).includes(`read ${saidAfter - 1}`));

  const disk = openBunSnapshot(oldCopy ? before : ben.takeSnapshot());
  const stolen = await loadGroup(disk, groupOf(ben, group).group_id);
  if (stolen === undefined) throw new Error("nothing to steal");
  const crypto = createBunCrypto();
  const mls = createMls(crypto, { nowMs: () => 0 });
  const identity = await storedIdentity(disk);
  if (identity === undefined) throw new Error("nobody's store");
  const opened = new Set<string>();
  let tries = 0;
  for (const tried of asThiefWould(mls.store(stolen))) {
    tries++;
    const pushes = tapped.map(({ push }) => push);
    for (const text of await readWith(await mls.load(tried, identity), pushes)) opened.add(text);
  }
  const ofRead = later.filter((text) => opened.has(text)).length;
  return allOf(
    "P1.withheld",
    "one message held back, and then the device's store: nothing that was read opens by what is kept for the one that is missing",
    { "nothing that was read": ofRead === 0, "what is missing opens, and no more": opened.size === 1 },
    dropped() === 1 && tapped.length > saidAfter && tries > 1 && opened.has("held back"),
    `${ofRead} of ${saidAfter} that were read, by ${tries} ways to use what lies there; of the one that is missing its own key is there`,
  );
}
