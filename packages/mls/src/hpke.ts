/**
 * HPKE base mode (RFC 9180) for the suite's KEM, KDF and AEAD: DHKEM(X25519), HKDF-SHA-256, AES-128-GCM.
 *
 * Built on the provider's synchronous primitives, because the ephemeral key must come from the injected `random` (so
 * that a simulation repeats) and because a browser's WebCrypto may lack X25519. Tests compare it with `@hpke/core` in
 * both directions, and run the vectors of RFC 9420.
 */
import { type Bytes, concat, utf8 } from "@yanshu/wire";

/**
 * Algorithms of one runtime; all other cryptography of this package is built on them. A function is synchronous unless
 * its type has a promise.
 */
export type SuitePrimitives = {
  readonly random: (length: number) => Bytes;
  readonly sha256: (data: Bytes) => Bytes;
  readonly hmac: (key: Bytes, data: Bytes) => Bytes;
  /** With a key that does not come again; absent: `hmac` keeps nothing of its keys. */
  readonly hmacOnce?: SuitePrimitives["hmac"] | undefined;
  /** AES-128-GCM or AES-256-GCM by the key's length. */
  readonly gcmSeal: (key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes) => Bytes | Promise<Bytes>;
  readonly gcmOpen: (
    key: Bytes,
    nonce: Bytes,
    aad: Bytes,
    ciphertext: Bytes,
  ) => Bytes | undefined | Promise<Bytes | undefined>;
  readonly x25519Public: (privateKey: Bytes) => Bytes;
  /** Undefined for a public key of small order (RFC 9180 §7.1.4). */
  readonly x25519: (privateKey: Bytes, publicKey: Bytes) => Bytes | undefined;
  readonly ed25519Public: (seed: Bytes) => Bytes;
  readonly ed25519Sign: (seed: Bytes, message: Bytes) => Bytes | Promise<Bytes>;
  /** scrypt (RFC 7914), as `usernameCost` says. */
  readonly stretch: (secret: Bytes, salt: Bytes) => Bytes;
  readonly ed25519Verify: (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean | Promise<boolean>;
  /** As `ed25519Verify`; absent: no other core verifies. */
  readonly ed25519VerifyOneOfMany?: SuitePrimitives["ed25519Verify"] | undefined;
};

const none = new Uint8Array();
/** The salt where none is given (RFC 5869 §2.2). One object: a provider keeps what it hashed of it. */
const noSalt = new Uint8Array(32);
const version = utf8("HPKE-v1");
const kemSuite = concat(utf8("KEM"), Uint8Array.of(0x00, 0x20));
const hpkeSuite = concat(utf8("HPKE"), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x01));

export function hkdfExtract(primitives: SuitePrimitives, salt: Bytes, ikm: Bytes): Bytes {
  return primitives.hmac(salt.length === 0 ? noSalt : salt, ikm);
}

export function hkdfExpand(primitives: Pick<SuitePrimitives, "hmac">, prk: Bytes, info: Bytes, length: number): Bytes {
  if (length > 255 * 32) throw new RangeError("HKDF-SHA-256 gives at most 8160 bytes");
  const out = new Uint8Array(length);
  let block: Bytes = none;
  for (let at = 0, counter = 1; at < length; at += 32, counter++) {
    block = primitives.hmac(prk, concat(block, info, Uint8Array.of(counter)));
    out.set(block.subarray(0, Math.min(32, length - at)), at);
  }
  return out;
}

export type HpkeKey = { readonly key: Bytes; readonly nonce: Bytes; readonly exporter: Bytes };

export function createHpke(primitives: SuitePrimitives) {
  const extract = (suite: Bytes, salt: Bytes, label: string, ikm: Bytes) =>
    hkdfExtract(primitives, salt, concat(version, suite, utf8(label), ikm));
  const expand = (suite: Bytes, prk: Bytes, label: string, info: Bytes, length: number) =>
    hkdfExpand(primitives, prk, concat(Uint8Array.of(length >> 8, length), version, suite, utf8(label), info), length);

  const sharedSecret = (dh: Bytes, enc: Bytes, receiver: Bytes) =>
    expand(kemSuite, extract(kemSuite, none, "eae_prk", dh), "shared_secret", concat(enc, receiver), 32);

  const schedule = (shared: Bytes, info: Bytes): HpkeKey => {
    const context = concat(
      Uint8Array.of(0),
      extract(hpkeSuite, none, "psk_id_hash", none),
      extract(hpkeSuite, none, "info_hash", info),
    );
    const secret = extract(hpkeSuite, shared, "secret", none);
    return {
      key: expand(hpkeSuite, secret, "key", context, 16),
      nonce: expand(hpkeSuite, secret, "base_nonce", context, 12),
      exporter: expand(hpkeSuite, secret, "exp", context, 32),
    };
  };

  const deriveKeyPair = (ikm: Bytes) => {
    const privateKey = expand(kemSuite, extract(kemSuite, none, "dkp_prk", ikm), "sk", none, 32);
    return { privateKey, publicKey: primitives.x25519Public(privateKey) };
  };

  return {
    deriveKeyPair,
    generateKeyPair: () => deriveKeyPair(primitives.random(32)),
    /** Encapsulates to `publicKey` (SetupBaseS). @throws Error when the public key is of small order */
    toReceiver(publicKey: Bytes, info: Bytes): HpkeKey & { readonly enc: Bytes } {
      const ephemeral = deriveKeyPair(primitives.random(32));
      const dh = primitives.x25519(ephemeral.privateKey, publicKey);
      if (dh === undefined) throw new Error("not an X25519 public key");
      return { enc: ephemeral.publicKey, ...schedule(sharedSecret(dh, ephemeral.publicKey, publicKey), info) };
    },
    /** Decapsulates (SetupBaseR). Returns undefined if `enc` is not 32 bytes or a point of small order. */
    fromSender(privateKey: Bytes, enc: Bytes, info: Bytes): HpkeKey | undefined {
      const dh = enc.length === 32 ? primitives.x25519(privateKey, enc) : undefined;
      return dh && schedule(sharedSecret(dh, enc, primitives.x25519Public(privateKey)), info);
    },
    exported: (key: HpkeKey, context: Bytes, length: number) => expand(hpkeSuite, key.exporter, "sec", context, length),
  };
}
