/** Keys of the vault, and where epochs begin, as others tell it (docs/spec/vault.md VA23, VA24). */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { readVaultBegins } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { takeKeys, takeOldKeys } from "./keys.ts";
import { filled, testAccount } from "./testing/test-account.ts";

test("[VA24] a record says where epochs began that are over, and nothing of the present one, which this device began by coming back", async () => {
  const { engine, held, device, signed, take } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  await take(await signed(device, held(), { devices: [device.publicKey], vaultEpoch: 1 }));
  const begins = [0, 1, 2].map((epoch) => ({ epoch, at: 7 + epoch }));
  takeOldKeys(engine, { keys: [], begins });
  expect(readVaultBegins(engine.db)).toEqual([{ epoch: 0, at: 7 }]);
});

test("[VA24] an own device says where the present epoch began, and nothing of one that the list has not come to", async () => {
  const { engine, held, device, signed, take } = await testAccount(createBunCrypto(), openBunDatabase(":memory:"));
  await take(await signed(device, held(), { devices: [device.publicKey], vaultEpoch: 1 }));
  const begins = [1, 2].map((epoch) => ({ epoch, at: 7 + epoch }));
  takeKeys(engine, { keys: [], begins }, filled(9));
  expect(readVaultBegins(engine.db)).toEqual([]);
  takeKeys(engine, { keys: [], begins }, engine.own?.device ?? filled(9));
  expect(readVaultBegins(engine.db)).toEqual([{ epoch: 1, at: 8 }]);
});
