/**
 * Envelopes and their sizes.
 */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, MalformedError, toHex, utf8 } from "@yanshu/wire";
import fc from "fast-check";
import { createBunCrypto } from "./bun/index.ts";
import {
  openGroupEnvelope,
  openSealed,
  pad,
  paddedLength,
  type SealContext,
  sealGroupEnvelope,
  sealTo,
  unpad,
} from "./index.ts";
import { providers } from "./testing/people.ts";

const crypto = createBunCrypto();

test("[GR8] sizes are few, never shorter than what is inside, and at most 12 % longer above 4 KiB", () => {
  fc.assert(
    fc.property(fc.nat(1 << 20), (length) => {
      const padded = paddedLength(length);
      expect(padded).toBeGreaterThanOrEqual(Math.max(length, 256));
      expect(paddedLength(padded)).toBe(padded);
      if (length > 4_096) expect(padded / length).toBeLessThan(1.12);
      if (length > 256 && length <= 512) expect(padded).toBe(512);
      if (length > 512 && length <= 4_096) expect(padded / length).toBeLessThan(1.5);
    }),
  );
  const sizes = new Set(Array.from({ length: 100_000 }, (_, length) => paddedLength(length)));
  expect(sizes.size).toBeLessThan(100);
});

test("[GR8] padding comes off again, and is nothing but zeros", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (plaintext) => {
      const padded = pad(plaintext);
      expect(padded.length).toBe(paddedLength(4 + plaintext.length));
      expect(unpad(padded)).toEqual(plaintext);
    }),
  );
  const padded = pad(utf8("hi"));
  padded[padded.length - 1] = 1;
  expect(() => unpad(padded)).toThrow(MalformedError);
  expect(() => unpad(Uint8Array.of(0, 0, 1, 0, 7))).toThrow(MalformedError);
});

test("[GR8] a group envelope opens under its own keys only, and shows one of few sizes", async () => {
  const keys = { tag: crypto.random(16), key: crypto.random(32) };
  const content = {
    mls: crypto.random(90),
    histories: [{ inception: crypto.random(40), entries: [crypto.random(200)] }],
  };
  const envelope = await sealGroupEnvelope(crypto, keys, content);
  expect(envelope.length).toBe(1 + 16 + 12 + 512 + 16);
  expect(await openGroupEnvelope(crypto, keys, envelope)).toEqual(content);
  expect(await openGroupEnvelope(crypto, { ...keys, key: crypto.random(32) }, envelope)).toBeUndefined();
  expect(await openGroupEnvelope(crypto, { ...keys, tag: crypto.random(16) }, envelope)).toBeUndefined();
  expect(await openGroupEnvelope(crypto, keys, envelope.subarray(0, envelope.length - 1))).toBeUndefined();
  expect(await openGroupEnvelope(crypto, keys, new Uint8Array())).toBeUndefined();
  const again = await sealGroupEnvelope(crypto, keys, content);
  expect(again).not.toEqual(envelope);
});

test("[GR8] who holds the epoch's key still cannot make a receiver throw", async () => {
  const keys = { tag: crypto.random(16), key: crypto.random(32) };
  for (const inside of [new Uint8Array(), crypto.random(256), pad(utf8("not CBOR")), pad(crypto.random(100))]) {
    const nonce = crypto.random(12);
    const ciphertext = await crypto.seal(keys.key, nonce, keys.tag, inside);
    const envelope = Uint8Array.of(0, ...keys.tag, ...nonce, ...ciphertext);
    expect(await openGroupEnvelope(crypto, keys, envelope)).toBeUndefined();
  }
});

test("[GR8] what is sealed to a device opens with its key only", async () => {
  for (const [, make] of providers) {
    const own = make();
    const keys = await own.sealKeyPair();
    const here = { purpose: "note", address: own.random(16) } as const;
    const envelope = await sealTo(own, keys.publicKey, here, utf8("a note"));
    expect(envelope.length).toBe(1 + 32 + 256 + 16);
    expect(await openSealed(own, keys.privateKey, here, envelope)).toEqual(utf8("a note"));
    expect(await openSealed(own, (await own.sealKeyPair()).privateKey, here, envelope)).toBeUndefined();
    expect(await openSealed(own, keys.privateKey, here, envelope.subarray(1))).toBeUndefined();
  }
});

test("[GR35] a seal opens in its own place only: for that purpose, address, conversation, epoch and sender", async () => {
  const keys = await crypto.sealKeyPair();
  const [conversation, epoch, sender] = [crypto.random(32), crypto.random(16), crypto.random(32)];
  const within = (["answer", "history", "family piece"] as const).flatMap((purpose): SealContext[] => [
    { purpose, conversation, epoch, sender },
    { purpose, conversation: crypto.random(32), epoch, sender },
    { purpose, conversation, epoch: crypto.random(16), sender },
    { purpose, conversation, epoch, sender: crypto.random(32) },
  ]);
  const notes = [crypto.random(16), crypto.random(16)].flatMap((address): SealContext[] => [
    { purpose: "note", address },
    { purpose: "meeting", address },
  ]);
  const all = [...within, ...notes];
  for (const made of all) {
    const envelope = await sealTo(crypto, keys.publicKey, made, utf8("for you alone"));
    const opens = [];
    for (const at of all) if ((await openSealed(crypto, keys.privateKey, at, envelope)) !== undefined) opens.push(at);
    expect(opens).toEqual([made]);
  }
});

test("[GR8] the vectors of envelopes", async () => {
  const path = join(import.meta.dir, "../../../vectors/mls-envelope.json");
  const vectors = JSON.parse(readFileSync(path, "utf8")) as {
    readonly padded: readonly { readonly length: number; readonly padded: number }[];
    readonly group: readonly {
      readonly tag: string;
      readonly key: string;
      readonly mls: string;
      readonly envelope: string;
    }[];
    readonly sealed: readonly {
      readonly purpose: SealContext["purpose"];
      readonly address?: string;
      readonly conversation?: string;
      readonly epoch?: string;
      readonly sender?: string;
      readonly privateKey: string;
      readonly plaintext: string;
      readonly envelope: string;
    }[];
  };
  for (const { length, padded } of vectors.padded) expect(paddedLength(length)).toBe(padded);
  for (const { tag, key, mls, envelope } of vectors.group) {
    const opened = await openGroupEnvelope(crypto, { tag: fromHex(tag), key: fromHex(key) }, fromHex(envelope));
    expect(opened && toHex(opened.mls)).toBe(mls);
  }
  const purposes = new Set(vectors.sealed.map(({ purpose }) => purpose));
  expect(purposes).toEqual(new Set(["note", "meeting", "answer", "history", "family piece"]));
  for (const { privateKey, plaintext, envelope, purpose, address, conversation, epoch, sender } of vectors.sealed) {
    const bound = { address, conversation, epoch, sender };
    const there = Object.entries(bound).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, fromHex(value)]],
    );
    const context = { purpose, ...Object.fromEntries(there) } as SealContext;
    const opened = await openSealed(crypto, fromHex(privateKey), context, fromHex(envelope));
    expect(opened && toHex(opened)).toBe(plaintext);
  }
  expect(vectors.group.length * vectors.sealed.length * vectors.padded.length).toBeGreaterThan(0);
});
