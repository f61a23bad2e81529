/**
 * Churn: members come, go and refresh in any order, and those who are left always agree. The shapes of tree that this
 * makes are those at which the library's own check of a Welcome fails.
 */
import { expect, test } from "bun:test";
import { utf8 } from "@yanshu/wire";
import fc from "fast-check";
import { decodeMlsMessage, emptyPskIndex, joinGroup } from "ts-mls";
import { createBunCrypto } from "./bun/index.ts";
import type { Group } from "./index.ts";
import { decodeKeyPackage, openOwnKeyPackage } from "./key-package.ts";
import { contextOf } from "./testing/forger.ts";
import { commits, type Device, device, everybodyListed, groupOf, joins, ownState, takes } from "./testing/people.ts";

type Present = { readonly who: Device; readonly group: Group };
type Step = {
  readonly actor: number;
  readonly removes: readonly number[];
  readonly adds: number;
  readonly rename: boolean;
};

async function play(
  crypto: ReturnType<typeof createBunCrypto>,
  present: readonly Present[],
  step: Step,
): Promise<Present[]> {
  const actor = present[step.actor % present.length] as Present;
  const leaving = new Set(
    step.removes.map((at) => present[at % present.length] as Present).filter((one) => one !== actor),
  );
  const comers = await Promise.all(
    Array.from({ length: step.adds }, async () => {
      const who = await device(crypto, "alice");
      return { who, own: await who.keyPackage() };
    }),
  );
  const removes = [...leaving].map(({ group }) => group.ownLeaf);
  const adds = comers.map(({ own }) => own.bytes);
  const state = step.rename ? { state: { ...actor.group.state, name: `name ${step.actor}` } } : {};
  const prepared = await commits(actor.who, actor.group, { removes, adds, ...state });
  const next: Present[] = [];
  for (const one of present) {
    if (one === actor) next.push({ who: one.who, group: prepared.next });
    else if (leaving.has(one))
      expect((await one.who.mls.receive(one.group, prepared.commit, everybodyListed)).kind).toBe("removed");
    else next.push({ who: one.who, group: await takes(one.who, one.group, prepared.commit) });
  }
  for (const { who, own } of comers) next.push({ who, group: await joins(who, prepared.welcome, own) });
  return next;
}

const step = fc.record({
  actor: fc.nat(15),
  removes: fc.array(fc.nat(15), { maxLength: 2 }),
  adds: fc.nat(2),
  rename: fc.boolean(),
});

test("[GR7] whatever the churn, all who are left agree, and newcomers can join", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 9 }),
    fc.array(step, { minLength: 1, maxLength: 8 }),
    async (size, steps) => {
      const crypto = createBunCrypto();
      const people = await Promise.all(Array.from({ length: size }, () => device(crypto, "alice")));
      const [first] = people as [Device];
      const groups = await groupOf(people, ownState(first)); // Own devices: each may do everything.
      let present: Present[] = people.map((who, i) => ({ who, group: groups[i] as Group }));
      for (const one of steps) {
        present = await play(crypto, present, one);
        const [any] = present as [Present];
        for (const other of present) {
          expect(other.group.keys).toEqual(any.group.keys);
          expect(other.group.members).toEqual(any.group.members);
        }
        const said = await any.who.mls.protect(any.group, utf8("all here?"));
        const last = present.at(-1) as Present;
        if (last !== any)
          expect((await last.who.mls.receive(last.group, said.message, everybodyListed)).kind).toBe("application");
      }
    },
  );
  await fc.assert(property, { numRuns: 40 });
}, 60_000);

test("[GR7] all go on when one half of the tree is blank, and the path of the one who commits ends below its root", async () => {
  const crypto = createBunCrypto();
  const people = await Promise.all(Array.from({ length: 8 }, () => device(crypto, "alice")));
  let present: Present[] = (await groupOf(people, ownState(people[0] as Device))).map((group, i) => ({
    who: people[i] as Device,
    group,
  }));
  for (const removes of [[0, 1], [0, 1], [], []])
    present = await play(crypto, present, { actor: present.length - 1, removes, adds: 0, rename: false });
  expect(present.map(({ group }) => group.ownLeaf)).toEqual([4, 5, 6, 7]);
  for (const { group } of present) expect(group.keys).toEqual((present[0] as Present).group.keys);
});

test("[GR7] who comes while both halves of the tree have unmerged leaves can join, though the library would not", async () => {
  const crypto = createBunCrypto();
  const people = await Promise.all(Array.from({ length: 8 }, () => device(crypto, "alice")));
  const [first] = people as [Device];
  let present: Present[] = (await groupOf(people, ownState(first))).map((group, i) => ({
    who: people[i] as Device,
    group,
  }));
  const turn = async (actor: number, removes: readonly number[], adds: number) => {
    present = await play(crypto, present, { actor, removes, adds, rename: false });
  };
  for (let actor = 0; actor < 8; actor++) await turn(actor, [], 0); // Now every parent has a key.
  await turn(0, [1], 0);
  await turn(3, [5], 0); // Leaf 6, at place 5 since leaf 1 went.
  await turn(4, [], 0);
  await turn(0, [], 0);
  await turn(0, [], 2); // Into both gaps, without a path.
  const last = await device(crypto, "alice");
  const own = await last.keyPackage();
  const actor = present[0] as Present;
  const { welcome } = await commits(actor.who, actor.group, { adds: [own.bytes] });
  expect((await joins(last, welcome, own)).members.length).toBe(9);

  const decoded = decodeMlsMessage(welcome as Uint8Array, 0)?.[0];
  const made = decodeKeyPackage(own.bytes);
  if (decoded?.wireformat !== "mls_welcome" || made === undefined) throw new Error("a Welcome and a package");
  const { config, suite } = contextOf(last);
  const library = joinGroup(
    decoded.welcome,
    made,
    openOwnKeyPackage(own),
    emptyPskIndex,
    suite,
    undefined,
    undefined,
    config,
  );
  await expect(library).rejects.toThrow("non-blank intermediate node");
});
