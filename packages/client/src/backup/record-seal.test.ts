/**
 * The seal of a recovery record: what opens is what was sealed to this key, whole, and in a form that is known
 * (docs/spec/vault.md VA13).
 */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import { concat } from "@yanshu/wire";
import { openRecord, sealRecord } from "./record-seal.ts";

const crypto = createBunCrypto();
const held = new Uint8Array(100).fill(7);
const info = "yanshu recovery record v1";

test("[VA13] a record opens with the key that it was sealed to, and with no other", async () => {
  const [own, other] = [await crypto.sealKeyPair(), await crypto.sealKeyPair()];
  const record = await sealRecord(crypto, own.publicKey, held);
  expect(await openRecord(crypto, own.privateKey, record)).toEqual(held);
  expect(await openRecord(crypto, other.privateKey, record)).toBeUndefined();
});

test("[VA13] a record of another version, cut short, or that says more than it holds is none", async () => {
  const own = await crypto.sealKeyPair();
  const record = await sealRecord(crypto, own.publicKey, held);
  expect(await openRecord(crypto, own.privateKey, record.with(0, 2))).toBeUndefined();
  expect(await openRecord(crypto, own.privateKey, record.slice(0, -1))).toBeUndefined();
  // Nothing but what stands around it.
  const sealed = async (padded: Uint8Array) => {
    const { enc, ciphertext } = await crypto.hpkeSeal(own.publicKey, info, padded);
    return concat(Uint8Array.of(1), enc, ciphertext);
  };
  for (const padded of [new Uint8Array(), new Uint8Array(4), Uint8Array.of(0, 0, 0, 9, 1, 2, 3)])
    expect(await openRecord(crypto, own.privateKey, await sealed(padded))).toBeUndefined();
  expect(await openRecord(crypto, own.privateKey, await sealed(Uint8Array.of(0, 0, 0, 2, 8, 9, 0)))).toEqual(
    Uint8Array.of(8, 9),
  );
});
