/**
 * Giant groups: a member with a changed client makes the group larger than a list of addresses can be
 * (docs/spec/groups.md GR4.6).
 */
import { expect, test } from "bun:test";
import { limits } from "@yanshu/wire";
import { createBunCrypto } from "./bun/index.ts";
import type { Group } from "./index.ts";
import { commits, device, everybodyListed, groupOf } from "./testing/people.ts";

test("[GR4.6] nobody makes a group of more leaves than a list has addresses, and who is in goes on", async () => {
  const crypto = createBunCrypto();
  const [alice, bob] = [await device(crypto, "alice"), await device(crypto, "bob")];
  const [group] = (await groupOf([alice, bob])) as [Group, Group];
  const crowd = await Promise.all(Array.from({ length: 12 }, (_, i) => device(crypto, `crowd ${i}`)));
  const packages: Uint8Array[] = [];
  while (packages.length < limits.listAddressesMax - 1)
    for (const one of crowd) packages.push((await one.keyPackage()).bytes);
  expect(await alice.mls.prepare(group, { adds: packages }, everybodyListed)).toMatchObject({ refused: "not-allowed" });
  const { next } = await commits(alice, group, { adds: packages.slice(0, 1) });
  expect(next.members).toHaveLength(3);
}, 60_000);
