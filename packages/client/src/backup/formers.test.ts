/** Which devices of entries that do not count any more are believed in the vault, and as of which epochs. */
import { expect, test } from "bun:test";
import { vaultFormersMax } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import { headOf } from "@yanshu/wire";
import { formersOf, takeFormers, toldFormers, wasFormer } from "./formers.ts";
import { filled, testAccount } from "./testing/test-account.ts";

test("[VA29] a device that stood in an entry which the root went around was one until the epoch that the root began, and no other was", async () => {
  const { engine, held, device, root, signed, take } = await testAccount(
    createBunCrypto(),
    openBunDatabase(":memory:"),
  );
  const ground = held();
  await take(await signed(device, held(), { devices: [device.publicKey, filled(7)] }));
  await take(await signed(device, held(), { devices: [device.publicKey], vaultEpoch: 1 }));
  expect(formersOf(engine, held())).toEqual([]);
  await take(await signed(root, ground, { devices: [device.publicKey], vaultEpoch: 2, day: 20_000 }));
  expect(headOf(held())?.body.n).toBe(1);
  expect(wasFormer(engine, held(), 0, filled(7))).toBe(true);
  expect(wasFormer(engine, held(), 1, filled(7))).toBe(false);
  expect(wasFormer(engine, held(), 0, filled(8))).toBe(false);
  // What the list says anyway is not told.
  const told = toldFormers(engine, held()).map(({ epoch, key }) => [epoch, key]);
  expect(told).toEqual([
    [0, filled(7)],
    [1, device.publicKey],
  ]);
});

test("[VA29] of an entry that the root contradicts under the same epoch nobody is believed", async () => {
  const { engine, held, device, root, signed, take } = await testAccount(
    createBunCrypto(),
    openBunDatabase(":memory:"),
  );
  const ground = held();
  await take(await signed(device, held(), { devices: [filled(7), device.publicKey], vaultEpoch: 1 }));
  await take(await signed(root, ground, { devices: [device.publicKey], vaultEpoch: 1, day: 20_000 }));
  expect(headOf(held())?.body.devices).toEqual([device.publicKey]);
  expect(wasFormer(engine, held(), 1, filled(7))).toBe(false);
});

test("[VA29] other own devices say it of epochs that are over alone, and each of it is kept once", async () => {
  const { engine, held } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  const told = [4, 5, 3, 4].map((epoch) => ({ epoch, key: filled(7) }));
  for (let i = 0; i < 2; i++) takeFormers(engine, told, 5, filled(1));
  expect(formersOf(engine, held()).map(({ epoch }) => epoch)).toEqual([4, 3]);
  expect(wasFormer(engine, held(), 5, filled(7))).toBe(false);
});

test("[VA29] a device that tells more than are kept pushes out its own alone, not what another or a record told, nor what this one saw", async () => {
  const { engine, held, device, root, signed, take } = await testAccount(
    createBunCrypto(),
    openBunDatabase(":memory:"),
  );
  const ground = held();
  await take(await signed(device, held(), { devices: [device.publicKey, filled(7)] }));
  await take(await signed(root, ground, { devices: [device.publicKey], vaultEpoch: 9, day: 20_000 }));
  takeFormers(engine, [{ epoch: 1, key: filled(21) }], 9, undefined);
  takeFormers(engine, [{ epoch: 2, key: filled(22) }], 9, filled(1));
  const flood = Array.from({ length: vaultFormersMax }, (_, i) => ({
    epoch: 3,
    key: new Uint8Array(32).fill(i % 256, 0, 16).fill(i >> 8, 16),
  }));
  const thief = filled(2);
  takeFormers(engine, [{ epoch: 2, key: filled(22) }, ...flood], 9, thief);
  takeFormers(engine, flood.toReversed(), 9, thief);
  for (const [epoch, key] of [
    [0, filled(7)],
    [1, filled(21)],
    [2, filled(22)],
  ] as const) {
    expect(wasFormer(engine, held(), epoch, key)).toBe(true);
    expect(toldFormers(engine, held())).toContainEqual({ epoch, key });
  }
  expect(toldFormers(engine, held())).toHaveLength(vaultFormersMax);
});
