/** AES-GCM of short values, held against node's and the vectors of NIST. */
import { expect, test } from "bun:test";
import { createCipheriv } from "node:crypto";
import { type Bytes, concat, fromHex, toHex } from "@yanshu/wire";
import { createBrowserCrypto } from "./index.ts";
import { openShort, sealShort } from "./short-gcm.ts";

/** The same bytes at each run. */
function createBytes(): (length: number) => Bytes {
  let state = 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      return (state >>> 11) & 255;
    });
}

function byNode(key: Bytes, nonce: Bytes, aad: Bytes, plain: Bytes): string {
  const cipher = createCipheriv(key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", key, nonce).setAAD(aad);
  const encrypted = cipher.update(plain);
  return toHex(concat(encrypted, cipher.final(), cipher.getAuthTag()));
}

test("[MO93] short values have the bytes that node gives them, whatever their length and what is bound to them", () => {
  const bytes = createBytes();
  for (const keyBytes of [16, 32])
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 68, 100, 255, 1_023, 1_024])
      for (const bound of [0, 1, 16, 17, 64]) {
        const [key, nonce, aad, plain] = [bytes(keyBytes), bytes(12), bytes(bound), bytes(length)];
        const sealed = sealShort(key, nonce, aad, plain);
        expect(toHex(sealed)).toBe(byNode(key, nonce, aad, plain));
        expect(openShort(key, nonce, aad, sealed)).toEqual(plain);
      }
});

test("[MO93] a vector of NIST (GCM test case 16)", () => {
  const key = fromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const nonce = fromHex("cafebabefacedbaddecaf888");
  const aad = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const plain = fromHex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
  );
  expect(toHex(sealShort(key, nonce, aad, plain))).toBe(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
      "76fc6ece0f4e1768cddf8853bb2d551b",
  );
});

test("[MO93] what was changed in one bit does not open, nor with another key, nonce or bound bytes", () => {
  const bytes = createBytes();
  const [key, nonce, aad, plain] = [bytes(32), bytes(12), bytes(16), bytes(68)];
  const sealed = sealShort(key, nonce, aad, plain);
  const changed = (of: Bytes, bit: number) => of.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
  for (let bit = 0; bit < 8 * sealed.length; bit++)
    expect(openShort(key, nonce, aad, changed(sealed, bit))).toBeUndefined();
  for (let bit = 0; bit < 96; bit++) expect(openShort(key, changed(nonce, bit), aad, sealed)).toBeUndefined();
  for (let bit = 0; bit < 128; bit++) {
    expect(openShort(key, nonce, changed(aad, bit), sealed)).toBeUndefined();
    expect(openShort(changed(key, bit), nonce, aad, sealed)).toBeUndefined();
  }
  for (let length = 0; length < 32; length++)
    expect(openShort(key, nonce, aad, sealed.subarray(0, length))).toBeUndefined();
  expect(() => sealShort(key, bytes(16), aad, plain)).toThrow(RangeError);
});

test("[MO93] the browser's provider seals a short value under a new key so, and what it seals a second time too", async () => {
  const bytes = createBytes();
  const crypto = createBrowserCrypto();
  const [key, nonce, aad, plain] = [bytes(32), bytes(12), bytes(16), bytes(68)];
  for (let time = 0; time < 2; time++) {
    const sealed = await crypto.seal(key, nonce, aad, plain);
    expect(toHex(sealed)).toBe(byNode(key, nonce, aad, plain));
    expect(await crypto.open(Uint8Array.from(key), nonce, aad, sealed)).toEqual(plain);
    sealed[3] = (sealed[3] as number) ^ 1;
    expect(await crypto.open(Uint8Array.from(key), nonce, aad, sealed)).toBeUndefined();
  }
});
