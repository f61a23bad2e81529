/**
 * Our HPKE against `@hpke/core`, an independent implementation of RFC 9180, in both directions.
 */
import { describe, expect, test } from "bun:test";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { utf8 } from "@yanshu/wire";
import fc from "fast-check";
import { providers } from "./testing/people.ts";

const reference = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });
const info = "yanshu test v1";
const infoBytes = Uint8Array.from(utf8(info));

describe.each(providers)("%s provider", (_name, make) => {
  const crypto = make();

  test("[GR13] what we seal the reference opens, and the other way round", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (plaintext) => {
        const keys = await crypto.sealKeyPair();
        const publicKey = await reference.kem.deserializePublicKey(Uint8Array.from(keys.publicKey));
        const recipientKey = await reference.kem.deserializePrivateKey(Uint8Array.from(keys.privateKey));
        const ours = await crypto.hpkeSeal(keys.publicKey, info, plaintext);
        const enc = Uint8Array.from(ours.enc);
        const opened = await reference.open({ recipientKey, enc, info: infoBytes }, Uint8Array.from(ours.ciphertext));
        expect(new Uint8Array(opened)).toEqual(plaintext);
        const theirs = await reference.seal(
          { recipientPublicKey: publicKey, info: infoBytes },
          Uint8Array.from(plaintext),
        );
        const [sealedEnc, sealed] = [new Uint8Array(theirs.enc), new Uint8Array(theirs.ct)];
        expect(await crypto.hpkeOpen(keys.privateKey, info, sealedEnc, sealed)).toEqual(plaintext);
      }),
      { numRuns: 20 },
    );
  });

  test("[GR13] a point of small order, a wrong key and a changed byte open nothing", async () => {
    const keys = await crypto.sealKeyPair();
    const { enc, ciphertext } = await crypto.hpkeSeal(keys.publicKey, info, utf8("hello"));
    expect(await crypto.hpkeOpen(keys.privateKey, info, new Uint8Array(32), ciphertext)).toBeUndefined();
    expect(await crypto.hpkeOpen(keys.privateKey, info, enc.subarray(1), ciphertext)).toBeUndefined();
    expect(await crypto.hpkeOpen((await crypto.sealKeyPair()).privateKey, info, enc, ciphertext)).toBeUndefined();
    expect(await crypto.hpkeOpen(keys.privateKey, "another purpose", enc, ciphertext)).toBeUndefined();
    expect(
      await crypto.hpkeOpen(
        keys.privateKey,
        info,
        enc,
        ciphertext.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
      ),
    ).toBeUndefined();
    await expect(crypto.hpkeSeal(new Uint8Array(32), info, utf8("hello"))).rejects.toThrow("X25519");
  });

  test("[GR13] signatures verify, and broken ones, keys and lengths do not throw", async () => {
    const { publicKey, privateKey } = await crypto.signatureKeyPair(crypto.random(32));
    const signature = await crypto.sign(privateKey, utf8("said"));
    expect(await crypto.verify(publicKey, utf8("said"), signature)).toBe(true);
    expect(await crypto.verify(publicKey, utf8("sad"), signature)).toBe(false);
    expect(await crypto.verify(publicKey, utf8("said"), signature.subarray(1))).toBe(false);
    expect(await crypto.verify(publicKey.subarray(1), utf8("said"), signature)).toBe(false);
    expect(await crypto.verify(new Uint8Array(32).fill(255), utf8("said"), signature)).toBe(false);
  });
});

test("[GR13] all providers, and noble's signatures, give the same bytes", async () => {
  const { createBrowserCrypto } = await import("./browser/index.ts");
  const all = [...providers.map(([, make]) => make()), createBrowserCrypto({ webEd25519: false })];
  const seed = new Uint8Array(32).fill(3);
  const outcomes = await Promise.all(
    all.map(async (crypto) => ({
      hash: crypto.sha256(utf8("a")),
      derived: crypto.derive(seed, "info", 77),
      pair: await crypto.signatureKeyPair(seed),
      signature: await crypto.sign(seed, utf8("a")),
      verified: await crypto.verify(
        (await crypto.signatureKeyPair(seed)).publicKey,
        utf8("a"),
        await crypto.sign(seed, utf8("a")),
      ),
      sealed: await crypto.seal(seed, new Uint8Array(12), utf8("aad"), utf8("plain")),
      opened: await crypto.open(
        seed,
        new Uint8Array(12),
        utf8("aad"),
        await crypto.seal(seed, new Uint8Array(12), utf8("aad"), utf8("plain")),
      ),
      refused: await crypto.open(
        seed,
        new Uint8Array(12),
        utf8("other"),
        await crypto.seal(seed, new Uint8Array(12), utf8("aad"), utf8("plain")),
      ),
    })),
  );
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0] as (typeof outcomes)[0]);
  expect(outcomes[0]?.verified).toBe(true);
  expect(outcomes[0]?.refused).toBeUndefined();
});
