/**
 * R5.1: what a thief of one device's keys reads of what home kept of the line: nothing of before, and nothing after
 * fresh keys.
 */
import { openBunSnapshot } from "@yanshu/store/bun";
import { loadGroup } from "../../sim/group-devices.ts";
import { groupOf, isCommit, readWith, tap } from "../../world/thief.ts";
import { World } from "../../world/world.ts";
import { type Check, limitOf } from "../check.ts";

const dayMs = 86_400_000;
const saidBefore = 40;

/** @param oldCopy for the test of the evidence: the thief was there all the time. */
export async function stolenKeys(oldCopy = false): Promise<Check> {
  const world = new World({ seed: 601, wrapPorts: (ports) => ({ ...ports, chance: () => 0.9 }) });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  await world.pass(dayMs);
  const tapped = tap(world, cat);
  const copyOf = async () => loadGroup(openBunSnapshot(ben.takeSnapshot()), groupOf(ben, group).group_id);
  const early = await copyOf();
  const before: string[] = [];
  for (let i = 0; i < saidBefore; i++) {
    before.push(`before ${i}`);
    await (i % 2 === 0 ? ann : cat).say(group, `before ${i}`);
    await world.pass(500);
  }
  await world.until("all of before is read", () => ben.reads(group).includes(`before ${saidBefore - 1}`));
  await world.pass(120_000); // Those who spoke have fresh keys.
  const stolen = oldCopy ? early : await copyOf();
  if (stolen === undefined) throw new Error("nothing to steal");
  const kept = await messages(ben.takeSnapshot());
  const start = tapped.length;

  await ann.say(group, "while the copy is good");
  await world.pass(1_000);
  const epochBefore = groupOf(ben, group).epoch;
  await ben.say(group, "he speaks, and renews");
  await world.until("his keys are fresh", () => groupOf(ben, group).epoch > epochBefore, 240_000);
  const freshAfter = tapped.length;
  for (let i = 0; i < 10; i++) await ann.say(group, `after ${i}`);
  await world.until("all is read", () => cat.reads(group).includes("after 9"));

  const read = new Set(
    await readWith(
      stolen,
      tapped.map(({ push }) => push),
    ),
  );
  const ofBefore = before.filter((text) => read.has(text)).length;
  const ofAfter = Array.from({ length: 10 }, (_, i) => `after ${i}`).filter((text) => read.has(text)).length;
  const between = read.size - ofBefore - ofAfter;
  return limitOf(
    "P1.secrecy",
    "with all that home kept of the line, and then one device's keys: nothing of before opens, nor of after it had fresh keys",
    { "nothing of before": ofBefore === 0, "nothing of after": ofAfter === 0 },
    { value: between + kept, unit: "messages", goal: "0", isKept: between + kept === 0 },
    tapped.slice(start, freshAfter).some(isCommit) && between > 0,
    `${ofBefore} of ${before.length} messages of before, ${ofAfter} of 10 of after; ${between} in between, until the device spoke and renewed its keys. ` +
      `What the device itself keeps to be read is open to anybody who has it: ${kept} messages`,
  );
}

/** What stands readable on the disk that was copied. */
async function messages(snapshot: Uint8Array): Promise<number> {
  const sql = "SELECT count(*) AS count FROM messages WHERE kind = 'text'";
  return openBunSnapshot(snapshot).get<{ count: number }>(sql)?.count ?? 0;
}
