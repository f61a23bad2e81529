/**
 * MLS: what a group of 500 devices costs whoever founds it, joins it, or changes who is in it. CPU time of this
 * process, with Bun's provider; nothing is sent, and nothing stored.
 */
import type { Group, OwnKeyPackage } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { commits, type Device, device, groupState, joins, takes } from "@yanshu/mls/testing/people";
import { middle, row } from "../rows.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const goals = {
  create: { atMost: 1_000 },
  join: { atMost: 600 },
  add: { atMost: 150 },
  remove: { atMost: 400 },
};
const rounds = 5;

/** A device, and the package by which others add it. */
type Newcomer = { readonly one: Device; readonly own: OwnKeyPackage };

export const mls: Scenario = {
  name: "mls",
  about:
    "a group of 500 devices of 500 accounts, by ts-mls with Bun's provider: founding it with everybody in one commit, the first time in this process; joining; and then the middle of five for adding and removing one, by whoever does it and whoever is told",
  run: async (conditions) => {
    const count = conditions.quick ? 12 : 500;
    const newcomers: Newcomer[] = [];
    for (let i = 0; i < count + rounds; i++) newcomers.push(await newcomer(i));
    const [{ one: founder }, second, third] = newcomers as [Newcomer, Newcomer, Newcomer];
    const crowd = newcomers.slice(1, count);
    const create = await timed(async () => {
      const alone = await founder.mls.create(founder.identity, founder.delivery(), groupState(founder));
      return commits(founder, alone, { adds: crowd.map(({ own }) => own.bytes) });
    });
    const join = await timed(() => joins(second.one, create.value.welcome, second.own));
    let group = create.value.next;
    let other: Group = await joins(third.one, create.value.welcome, third.own);
    const adds: number[] = [];
    const addsTold: number[] = [];
    const removes: number[] = [];
    const removesTold: number[] = [];
    for (let i = 0; i < rounds; i++) {
      const added = await timed(() =>
        commits(founder, group, { adds: [(newcomers[count + i] as Newcomer).own.bytes] }),
      );
      const addTold = await timed(() => takes(third.one, other, added.value.commit));
      const leaf = group.members.at(-1 - i)?.leaf ?? 0;
      const removed = await timed(() => commits(founder, added.value.next, { removes: [leaf] }));
      const removeTold = await timed(() => takes(third.one, addTold.value, removed.value.commit));
      group = removed.value.next;
      other = removeTold.value;
      adds.push(added.cpuMs);
      addsTold.push(addTold.cpuMs);
      removes.push(removed.cpuMs);
      removesTold.push(removeTold.cpuMs);
    }
    const goal = (which: keyof typeof goals) => unlessQuick(conditions, goals[which]);
    return [
      row("mls: founding with all", create.cpuMs, "ms", goal("create")),
      row("mls: joining", join.cpuMs, "ms", goal("join")),
      row("mls: adding one", middle(adds), "ms", goal("add")),
      row("mls: adding one, told", middle(addsTold), "ms"),
      row("mls: removing one", middle(removes), "ms", goal("remove")),
      row("mls: removing one, told", middle(removesTold), "ms"),
      row("mls: Welcome", (create.value.welcome?.length ?? Number.NaN) / 1_024, "KiB"),
      row("mls: members who agree", other.members.length, "members", { atLeast: count }),
    ];
  },
};

async function newcomer(index: number): Promise<Newcomer> {
  const one = await device(createBunCrypto(), `${index}`);
  return { one, own: await one.keyPackage() };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cpuMs: number }> {
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuMs: (user + system) / 1_000 };
}
