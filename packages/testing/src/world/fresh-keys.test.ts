/** Fresh keys in a world: what a thief of an old state reads, and what renewing costs (docs/spec/groups.md GR25). */
import { expect, test } from "bun:test";
import { openBunSnapshot } from "@yanshu/store/bun";
import { toHex } from "@yanshu/wire";
import { loadGroup } from "../sim/group-devices.ts";
import type { Person } from "./person.ts";
import { groupOf, isCommit, readWith, tap } from "./thief.ts";
import { World } from "./world.ts";

const dayMs = 86_400_000;
/** Thirteen people are more than twelve, and take their time to meet. */
const manyMsMax = 30_000;

test("[GR25] who copied a device's state reads on until that device renews its leaf, and nothing after", async () => {
  // Readers are not drawn here, so that it is plain whose keys are fresh.
  const world = new World({ seed: 82, wrapPorts: (ports) => ({ ...ports, chance: () => 0.9 }) });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const group = await world.group(ann, [ben, cat], "Watched");
  await world.pass(dayMs);
  const tapped = tap(world, cat);
  const stolen = await loadGroup(openBunSnapshot(ben.takeSnapshot()), groupOf(ben, group).group_id);
  if (stolen === undefined) throw new Error("nothing to steal");
  const thiefReads = () =>
    readWith(
      stolen,
      tapped.map(({ push }) => push),
    );
  await ann.say(group, "one");
  await world.until("Ann has renewed hers", () => tapped.some(isCommit), 120_000);
  await ann.say(group, "two");
  await world.pass(120_000);
  expect(await thiefReads()).toEqual(["one", "two"]); // Another's fresh keys do not help Ben.
  const before = groupOf(ben, group);
  await ben.say(group, "three");
  await world.pass(120_000);
  expect(groupOf(ben, group).epoch).toBe(before.epoch + 1);
  expect(groupOf(ben, group).address).not.toEqual(before.address);
  await ann.say(group, "four");
  await world.until("everybody reads it", () => [ben, cat].every((one) => one.reads(group).includes("four")));
  expect(await thiefReads()).toEqual(["one", "two", "three"]);
  expect(ann.lines(group)).toEqual(["group-created"]); // Nobody is told: nothing happened that is of use to a person.
  expect(world.bugs()).toEqual([]);
});

test(
  "[GR25] however many are due and speak, a group has twelve such commits a day, and in the end all have renewed",
  async () => {
    const world = new World({ seed: 83, keyPackagesKept: 2 });
    const people: Person[] = [];
    for (let i = 0; i < 13; i++) people.push(await world.person(`P${i}`));
    const [owner, ...others] = people as [Person, ...Person[]];
    const group = await world.group(owner, others, "Many");
    await world.pass(dayMs);
    const tapped = tap(world, owner);
    const addresses = people.map((one) => toHex(groupOf(one, group).address));
    const isRenewed = (one: Person, i: number) => toHex(groupOf(one, group).address) !== addresses[i];
    const rounds = 15;
    for (let round = 0; round < rounds; round++) {
      const speaker = people.find((one, i) => !isRenewed(one, i)) ?? owner;
      await speaker.say(group, `round ${round}`);
      await world.pass(2 * 3_600_000);
      if (round === 11) expect(tapped.filter(isCommit)).toHaveLength(12);
    }
    const commits = tapped.filter(isCommit).map(({ atMs }) => atMs);
    for (const [i, atMs] of commits.entries())
      expect(commits.slice(0, i + 1).filter((other) => other > atMs - dayMs).length).toBeLessThanOrEqual(12);
    expect(commits).toHaveLength(people.length);
    expect(people.filter(isRenewed)).toHaveLength(people.length);
    for (const one of people) expect(one.reads(group)).toHaveLength(rounds);
    expect(
      people.flatMap((one) => Object.keys(one.client.diagnostics()).filter((what) => what.startsWith("resync"))),
    ).toEqual([]);
    expect(world.bugs()).toEqual([]);
  },
  manyMsMax,
);

test("[GR25] where nobody speaks nothing is sent, and words go before fresh keys", async () => {
  const world = new World({ seed: 84 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(600_000);
  const posted: string[] = [];
  world.network.overhear = (_, owner, frame) => {
    if (frame[0] === 0x10) posted.push(owner);
  };
  await world.pass(20 * dayMs);
  expect(posted).toEqual([]);
  const tapped = tap(world, ben);
  await ann.say(chat, "twenty days!");
  await world.until("Ben reads", () => ben.reads(chat).includes("twenty days!"));
  // Before the while is over she loses the line, and writes on: that goes first.
  world.network.cutOff(ann.device);
  await ann.say(chat, "are you well?");
  await world.pass(90_000);
  world.network.letBack(ann.device);
  await world.until("Ben reads on", () => ben.reads(chat).includes("are you well?"), 90_000);
  await world.pass(90_000);
  const modes = tapped.map(({ push }) => push.mode);
  expect(modes.slice(0, 2)).toEqual(["application", "application"]);
  expect(modes.filter((mode) => mode === "commit").length).toBeGreaterThan(0);
  expect(world.bugs()).toEqual([]);
});
