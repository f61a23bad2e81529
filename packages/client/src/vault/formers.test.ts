/** Which devices of entries that do not count any more are believed in the vault, and as of which epochs. */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { accountIdOf, type Bytes, encodeEntry, entryBytes, headOf, nextEntryBody } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import { createLists } from "../identity/lists.ts";
import { makeAccount, rootKeyOf } from "../identity/own.ts";
import { formersOf, takeFormers, toldFormers, wasFormer } from "./formers.ts";

const crypto = createBunCrypto();
const filled = (value: number) => new Uint8Array(32).fill(value);

async function town() {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const lists = createLists(db, crypto, () => undefined);
  const engine = { db, ports: { crypto }, lists } as unknown as Engine;
  const made = await makeAccount(crypto, "yan.test");
  const account = accountIdOf(crypto.sha256, made.inception);
  await lists.take({ inception: made.inception, entries: [made.entry] });
  const device = await crypto.signatureKeyPair(made.deviceSeed);
  const root = await rootKeyOf(crypto, made.masterKey);
  const held = () => {
    const list = lists.get(account);
    if (list === undefined) throw new Error("the list is held");
    return list;
  };
  const signed = async (by: typeof root, on: ReturnType<typeof held>, change: Parameters<typeof nextEntryBody>[1]) => {
    const body = nextEntryBody(on, change, by.publicKey);
    return encodeEntry(body, await crypto.sign(by.privateKey, entryBytes(body)));
  };
  const take = (...entries: readonly Bytes[]) => lists.take({ inception: made.inception, entries: [...entries] });
  return { engine, held, device, root, signed, take };
}

test("[VA29] a device that stood in an entry which the root went around was one until the epoch that the root began, and no other was", async () => {
  const { engine, held, device, root, signed, take } = await town();
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
  const { engine, held, device, root, signed, take } = await town();
  const ground = held();
  await take(await signed(device, held(), { devices: [filled(7), device.publicKey], vaultEpoch: 1 }));
  await take(await signed(root, ground, { devices: [device.publicKey], vaultEpoch: 1, day: 20_000 }));
  expect(headOf(held())?.body.devices).toEqual([device.publicKey]);
  expect(wasFormer(engine, held(), 1, filled(7))).toBe(false);
});

test("[VA29] other own devices say it of epochs that are over alone, and each of it is kept once", async () => {
  const { engine, held } = await town();
  const told = [4, 5, 3, 4].map((epoch) => ({ epoch, key: filled(7) }));
  for (let i = 0; i < 2; i++) takeFormers(engine, told, 5);
  expect(formersOf(engine, held()).map(({ epoch }) => epoch)).toEqual([4, 3]);
  expect(wasFormer(engine, held(), 5, filled(7))).toBe(false);
});
