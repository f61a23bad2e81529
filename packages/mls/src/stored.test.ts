/**
 * Storing a group by patches, as a store does it: one row a leaf, overwritten in place.
 */
import { describe, expect, test } from "bun:test";
import { type Bytes, MalformedError, toHex, utf8 } from "@yanshu/wire";
import { stateOf } from "./group.ts";
import type { Group, RatchetPatch, StoredGroup } from "./index.ts";
import { commits, type Device, device, everybodyListed, groupOf, providers, takes } from "./testing/people.ts";

/** What lies on disk: a base, and the newest row of each leaf. */
class Rows {
  private readonly rows = new Map<number, Bytes>();
  private readonly base: Bytes;

  constructor({ base, patches }: StoredGroup) {
    this.base = base;
    for (const patch of patches) this.overwrite(patch);
  }

  overwrite({ leaf, bytes }: RatchetPatch): void {
    this.rows.set(leaf, bytes);
  }

  read(): StoredGroup {
    return { base: this.base, patches: [...this.rows].map(([leaf, bytes]) => ({ leaf, bytes })) };
  }

  hex(): string {
    return [this.base, ...this.rows.values()].map(toHex).join(" ");
  }
}

describe.each(providers)("%s provider", (_name, make) => {
  test("[GR6] base and patches make the live state again, no matter who spoke", async () => {
    const crypto = make();
    const people = await Promise.all(["alice", "bob", "carol"].map((name) => device(crypto, name)));
    const [alice, bob, carol] = people as [Device, Device, Device];
    let [a, b, c] = (await groupOf(people)) as [Group, Group, Group];
    const disk = new Rows(carol.mls.store(c));
    const spent = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const state = stateOf(c);
      const leaf = [0, 1, 2][i % 3] as number;
      spent.add(toHex(state.secretTree[2 * leaf]?.application.secret as Bytes));
      let patch: RatchetPatch;
      if (leaf === 2) {
        ({ group: c, patch } = await carol.mls.protect(c, utf8(`mine ${i}`)));
      } else {
        const said = leaf === 0 ? await alice.mls.protect(a, utf8(`${i}`)) : await bob.mls.protect(b, utf8(`${i}`));
        if (leaf === 0) a = said.group;
        else b = said.group;
        const heard = await carol.mls.receive(c, said.message, everybodyListed);
        if (heard.kind !== "application") throw new Error(heard.kind);
        ({ group: c, patch } = heard);
      }
      expect(patch.leaf).toBe(leaf);
      expect(patch.bytes.length).toBeLessThan(256);
      disk.overwrite(patch);
    }
    expect(disk.read()).toEqual(carol.mls.store(c));
    const loaded = await carol.mls.load(disk.read(), carol.identity);
    expect(loaded).toEqual(c);
    expect(carol.mls.store(loaded)).toEqual(carol.mls.store(c));
    const hex = disk.hex();
    for (const secret of spent) expect(hex).not.toContain(secret);

    // The loaded state goes on like the live one: messages, and a commit.
    const said = await alice.mls.protect(a, utf8("after the restart"));
    expect((await carol.mls.receive(loaded, said.message, everybodyListed)).kind).toBe("application");
    const { next, commit } = await commits(carol, loaded, {});
    expect((await takes(bob, b, commit)).keys).toEqual(next.keys);
  });

  test("[GR6] messages change no byte of the base, and a commit leaves nothing of the epoch before", async () => {
    const crypto = make();
    const people = await Promise.all(["alice", "bob"].map((name) => device(crypto, name)));
    const [alice, bob] = people as [Device, Device];
    let [a, b] = (await groupOf(people)) as [Group, Group];
    const { base } = bob.mls.store(b);
    for (let i = 0; i < 5; i++) {
      const said = await alice.mls.protect(a, utf8(`${i}`));
      a = said.group;
      const heard = await bob.mls.receive(b, said.message, everybodyListed);
      if (heard.kind === "application") b = heard.group;
    }
    expect(bob.mls.store(b).base).toEqual(base);
    const { keySchedule, secretTree, privatePath } = stateOf(b);
    const { commit } = await commits(alice, a, {});
    const after = new Rows(bob.mls.store(await takes(bob, b, commit))).hex();
    const gone = [
      ...Object.values(keySchedule),
      ...secretTree.flatMap(({ application, handshake }) => [application.secret, handshake.secret]),
      privatePath.privateKeys[1],
    ].filter((secret): secret is Bytes => secret !== undefined && secret.length > 0);
    expect(gone.length).toBeGreaterThan(10);
    for (const secret of gone) expect(after).not.toContain(toHex(secret));
  });
});

test("[GR6] a store that lost a row, or another device's, is told apart from a group", async () => {
  const crypto = (providers[0] as (typeof providers)[0])[1]();
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const [a] = (await groupOf([alice, bob])) as [Group];
  const { base, patches } = alice.mls.store(a);
  const load = (stored: StoredGroup, one: Device = alice) => alice.mls.load(stored, one.identity);
  expect((await load({ base, patches })).members).toEqual(a.members);
  await expect(load({ base, patches: patches.slice(1) })).rejects.toThrow(MalformedError);
  await expect(load({ base, patches }, bob)).rejects.toThrow(MalformedError);
  await expect(load({ base: base.subarray(0, 100), patches })).rejects.toThrow(MalformedError);
  await expect(load({ base: crypto.random(500), patches })).rejects.toThrow(MalformedError);
  await expect(
    load({ base, patches: patches.map(({ leaf }) => ({ leaf, bytes: crypto.random(90) })) }),
  ).rejects.toThrow(MalformedError);
});
