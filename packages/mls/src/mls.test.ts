/**
 * Groups as a client uses them, on both providers and across them.
 */
import { describe, expect, test } from "bun:test";
import { fromUtf8, utf8 } from "@yanshu/wire";
import type { Group } from "./index.ts";
import {
  commits,
  type Device,
  device,
  everybodyListed,
  groupOf,
  joins,
  nowMs,
  providers,
  seeded,
  takes,
} from "./testing/people.ts";

async function reads(
  one: Device,
  group: Group,
  message: Uint8Array,
): Promise<{ text: string; sender: number; group: Group }> {
  const received = await one.mls.receive(group, message, everybodyListed);
  if (received.kind !== "application") throw new Error(JSON.stringify(received));
  return { text: fromUtf8(received.data), sender: received.sender.leaf, group: received.group };
}

function agree(groups: readonly Group[]): void {
  const [first, ...others] = groups as [Group, ...Group[]];
  for (const other of others) {
    expect(other.keys).toEqual(first.keys);
    expect(other.members).toEqual(first.members);
    expect(other.epoch).toBe(first.epoch);
    expect(other.state).toEqual(first.state);
  }
}

describe.each(providers)("%s provider", (_name, make) => {
  test.each([1, 2, 3, 20])("[GR7] %d leaves agree on members, state and exported keys", async (count) => {
    const crypto = make();
    const people = await Promise.all(Array.from({ length: count }, (_, i) => device(crypto, `person ${i}`)));
    const groups = await groupOf(people);
    agree(groups);
    expect(groups[0]?.members.map(({ leaf }) => leaf)).toEqual(people.map((_, i) => i));
    const [alice] = people as [Device];
    const said = await alice.mls.protect(groups[0] as Group, utf8("八点吃饭？"));
    for (let i = 1; i < count; i++) {
      const heard = await reads(people[i] as Device, groups[i] as Group, said.message);
      expect(heard).toMatchObject({ text: "八点吃饭？", sender: 0 });
    }
  });

  test("[GR11] the sender is the leaf that signed, no matter who speaks", async () => {
    const crypto = make();
    const [alice, bob, carol] = [
      await device(crypto, "alice"),
      await device(crypto, "bob"),
      await device(crypto, "carol"),
    ];
    const [a, b, c] = (await groupOf([alice, bob, carol])) as [Group, Group, Group];
    const said = await bob.mls.protect(b, utf8("hi"));
    expect((await reads(alice, a, said.message)).sender).toBe(1);
    expect((await reads(carol, c, said.message)).sender).toBe(1);
  });

  test("[GR11] a device that was set back sees its own later message as from itself", async () => {
    const crypto = make();
    const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
    const [a] = (await groupOf([alice, bob])) as [Group];
    const said = await alice.mls.protect(a, utf8("before the restore"));
    expect((await reads(alice, a, said.message)).sender).toBe(a.ownLeaf);
    expect(await alice.mls.receive(said.group, said.message, everybodyListed)).toEqual({
      kind: "refused",
      why: "replay",
    });
  });

  test("[GR11] a device that was set back is told its own later commit from what others commit", async () => {
    const crypto = make();
    const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
    const [a, b] = (await groupOf([alice, bob])) as [Group, Group];
    const made = await alice.mls.prepare(a, {}, everybodyListed);
    if ("refused" in made) throw new Error(made.refused);
    expect((await bob.mls.receive(b, made.commit, everybodyListed)).kind).toBe("commit");
    const again = await alice.mls.receive(a, made.commit, everybodyListed);
    expect(again).toEqual({ kind: "refused", why: "replay", isOwn: true });
    // Adopted, it is only what was already.
    const late = await alice.mls.receive(made.next, made.commit, everybodyListed);
    expect(late).toEqual({ kind: "refused", why: "replay" });
  });

  test("[GR6] messages overtake one another and all arrive", async () => {
    const crypto = make();
    const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
    let [a, b] = (await groupOf([alice, bob])) as [Group, Group];
    const messages: Uint8Array[] = [];
    for (let i = 0; i < 5; i++) {
      const said = await alice.mls.protect(a, utf8(`${i}`));
      a = said.group;
      messages.push(said.message);
    }
    for (const i of [3, 0, 4, 2, 1]) {
      const heard = await reads(bob, b, messages[i] as Uint8Array);
      expect(heard.text).toBe(`${i}`);
      b = heard.group;
    }
  });

  test("[GR12] an address changes in a commit, and everybody sees the new one", async () => {
    const crypto = make();
    const [alice, bob, carol] = [
      await device(crypto, "alice"),
      await device(crypto, "bob"),
      await device(crypto, "carol"),
    ];
    const [a, b, c] = (await groupOf([alice, bob, carol])) as [Group, Group, Group];
    const ownDelivery = { ...bob.delivery(), features: ["calls"] };
    const ownCredential = { ...bob.identity.credential, n: 3, entryHash: crypto.sha256(utf8("entry 3")) };
    const { next, commit, effect } = await commits(bob, b, { ownDelivery, ownCredential });
    const after = [await takes(alice, a, commit), next, await takes(carol, c, commit)];
    agree(after);
    expect(after[0]?.members[1]).toMatchObject({ ...ownDelivery, n: 3 });
    expect(effect.committer.address).toEqual(ownDelivery.address);
    expect(b.members[1]?.address).not.toEqual(ownDelivery.address);
  });

  test("[GR2] the group's name changes for everybody, with fresh keys", async () => {
    const crypto = make();
    const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
    const [a, b] = (await groupOf([alice, bob])) as [Group, Group];
    const { next, commit } = await commits(bob, b, { state: { ...b.state, name: "晚饭" } });
    const after = await takes(alice, a, commit);
    agree([next, after]);
    expect(after.state.name).toBe("晚饭");
  });

  test("[GR5] members come and go in one commit, and newcomers agree", async () => {
    const crypto = make();
    const people = await Promise.all(["alice", "bob", "carol", "dave"].map((name) => device(crypto, name)));
    const [alice, bob, carol, dave] = people as [Device, Device, Device, Device];
    const [a, b, c] = (await groupOf([alice, bob, carol])) as [Group, Group, Group];
    const own = await dave.keyPackage();
    const { next, commit, welcome, effect } = await commits(alice, a, {
      removes: [1],
      adds: [own.bytes],
      state: { ...a.state, name: "three" },
    });
    expect(effect.removed.map(({ leaf }) => leaf)).toEqual([1]);
    expect(effect.added.map(({ leaf }) => leaf)).toEqual([1]);
    const joined = await joins(dave, welcome, own);
    agree([next, await takes(carol, c, commit), { ...joined }]);
    expect(joined.inviter.leaf).toBe(0);
    expect((await bob.mls.receive(b, commit, everybodyListed)).kind).toBe("removed");
  });

  test("[GR6] a simulation with one seed makes the same bytes again", async () => {
    const run = async () => {
      const crypto = make(seeded(make(), "seed 7"));
      const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
      const [a] = (await groupOf([alice, bob])) as [Group];
      return (await alice.mls.protect(a, utf8("again"))).message;
    };
    expect(await run()).toEqual(await run());
  });
});

test("[GR7] the two providers understand one another", async () => {
  const [bun, browser] = providers.map(([, make]) => make());
  if (bun === undefined || browser === undefined) throw new Error("two providers");
  const [alice, bob, carol] = [await device(bun, "alice"), await device(browser, "bob"), await device(bun, "carol")];
  const [a, b, c] = (await groupOf([alice, bob, carol])) as [Group, Group, Group];
  agree([a, b, c]);
  const { next, commit } = await commits(bob, b, {});
  agree([next, await takes(alice, a, commit), await takes(carol, c, commit)]);
});

test("[GR9] a key package tells who and where, and is refused when forged or out of its time", async () => {
  const crypto = (providers[0] as (typeof providers)[0])[1]();
  const bob = await device(crypto, "bob");
  const own = await bob.keyPackage();
  expect(await bob.mls.readKeyPackage(own.bytes)).toMatchObject(bob.identity.credential);
  const forged = own.bytes.slice();
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  expect(await bob.mls.readKeyPackage(forged)).toBeUndefined();
  const expired = await bob.mls.keyPackage(bob.identity, bob.delivery(), nowMs - 1_000);
  expect(await bob.mls.readKeyPackage(expired.bytes)).toBeUndefined();
  const endless = await bob.mls.keyPackage(bob.identity, bob.delivery(), nowMs + 400 * 86_400_000);
  expect(await bob.mls.readKeyPackage(endless.bytes)).toBeUndefined();
  expect(await bob.mls.readKeyPackage(crypto.random(300))).toBeUndefined();
  expect((await bob.mls.readKeyPackage(own.bytes))?.address).toEqual(own.address);
});
