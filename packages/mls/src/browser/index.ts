/**
 * The browser's provider. WebCrypto does Ed25519 and AES-GCM, with a cache of imported keys. Noble does everything that
 * must be synchronous, and AES-GCM of short values under a key that is used for the first time: there WebCrypto takes
 * up to six times as long, for the import and each call go to another thread and back (docs/decisions/0086).
 *
 * It runs in a worker, in a page and in Bun, so the same tests cover both providers. If WebCrypto lacks Ed25519, noble
 * signs and verifies: slower, but with the same bytes.
 */
import { gcm } from "@noble/ciphers/aes.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, equalBytes, fromHex, isWeakSigningKey, toHex, usernameCost } from "@yanshu/wire";
import { cryptoFrom } from "../suite.ts";
import type { Crypto } from "../types.ts";
import { besideOr, type VerifyBeside } from "./beside.ts";

export type { VerifyBeside } from "./beside.ts";
export { createMediaCipher } from "./media-cipher.ts";

const pkcs8 = fromHex("302e020100300506032b657004220420");
const cachedKeysMax = 2_048;
const envelopeKeyBytes = 32;

export type BrowserCryptoOptions = {
  readonly random?: ((length: number) => Bytes) | undefined;
  /** False: sign and verify with noble even where WebCrypto could. */
  readonly webEd25519?: boolean | undefined;
  /**
   * Verifies on another core, by WebCrypto's rules for a key that is not weak; undefined if it cannot. Asked where many
   * signatures are verified together.
   */
  readonly verifyBeside?: VerifyBeside | undefined;
};

export function createBrowserCrypto({
  random = randomBytes,
  webEd25519 = true,
  verifyBeside,
}: BrowserCryptoOptions = {}): Crypto {
  const signatures = webEd25519 ? webSignatures() : nobleSignatures;
  return cryptoFrom({
    random,
    sha256: (data) => sha256(data),
    hmac: keyedHmac(),
    hmacOnce: (key, data) => hmac(sha256, key, data),
    ...webGcm(),
    x25519Public: (key) => x25519.getPublicKey(key),
    x25519: (key, peer) => {
      try {
        return x25519.getSharedSecret(key, peer);
      } catch {
        return undefined; // A point of small order.
      }
    },
    stretch: (secret, salt) => {
      const { n: N, r, p, bytes: dkLen } = usernameCost;
      return scrypt(secret, salt, { N, r, p, dkLen });
    },
    ed25519Public: (seed) => ed25519.getPublicKey(seed),
    ed25519Sign: signatures.sign,
    ed25519Verify: signatures.verify,
    ...(verifyBeside === undefined ? {} : { ed25519VerifyOneOfMany: besideOr(signatures.verify, verifyBeside) }),
  });
}

/**
 * HMAC that hashes the inner and outer key block once per key: a message needs five HMACs with two keys (RFC 9420 §9.1,
 * §6.3.2). The WeakMap frees the hash states with their key. Callers never change a key in place.
 */
function keyedHmac(): (key: Bytes, data: Bytes) => Bytes {
  const begun = new WeakMap<Bytes, { readonly inner: typeof scratch; readonly outer: typeof scratch }>();
  const scratch = sha256.create();
  return (key, data) => {
    let keyed = begun.get(key);
    if (keyed === undefined) {
      const { iHash, oHash } = hmac.create(sha256, key);
      keyed = { inner: iHash as typeof scratch, outer: oHash as typeof scratch };
      begun.set(key, keyed);
    }
    const out = new Uint8Array(sha256.outputLen);
    keyed.inner._cloneInto(scratch).update(data).digestInto(out);
    keyed.outer._cloneInto(scratch).update(out).digestInto(out);
    return out;
  };
}

/** WebCrypto's types exclude SharedArrayBuffer, which this package never uses. */
function own(bytes: Bytes): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}

/** Longer values take WebCrypto less time, the import of a new key included. */
const shortBytesMax = 1_024;
const tagBytes = 16;

function webGcm() {
  const { subtle } = crypto;
  /** Imported envelope keys (32 bytes), used many times. A message key (16 bytes) is used once and not cached. */
  const kept = new WeakMap<Bytes, Promise<CryptoKey>>();
  const importing = (key: Bytes) => subtle.importKey("raw", own(key), "AES-GCM", false, ["encrypt", "decrypt"]);
  const imported = (key: Bytes) => {
    if (key.length !== envelopeKeyBytes) return importing(key);
    const found = kept.get(key) ?? importing(key);
    kept.set(key, found);
    return found;
  };
  /** Most keys seal or open one value: a key is imported when it comes for the second time. */
  const metOnce = new WeakSet<Bytes>();
  const isForNoble = (key: Bytes, bytes: number) => {
    if (bytes > shortBytesMax || metOnce.has(key)) return false;
    metOnce.add(key);
    return true;
  };
  const by = (nonce: Bytes, aad: Bytes) => ({ name: "AES-GCM", iv: own(nonce), additionalData: own(aad) });
  return {
    gcmSeal: (key: Bytes, nonce: Bytes, aad: Bytes, plaintext: Bytes): Bytes | Promise<Bytes> => {
      if (isForNoble(key, plaintext.length)) return gcm(key, nonce, aad).encrypt(plaintext);
      const sealed = async () => subtle.encrypt(by(nonce, aad), await imported(key), own(plaintext));
      return sealed().then((bytes) => new Uint8Array(bytes));
    },
    gcmOpen: async (key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes | undefined> => {
      if (ciphertext.length < tagBytes) return undefined;
      if (isForNoble(key, ciphertext.length)) return openedByNoble(key, nonce, aad, ciphertext);
      try {
        return new Uint8Array(await subtle.decrypt(by(nonce, aad), await imported(key), own(ciphertext)));
      } catch (error) {
        if ((error as Error).name === "OperationError") return undefined; // The tag does not match.
        throw error;
      }
    },
  };
}

/** Undefined if the tag does not match. */
function openedByNoble(key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes): Bytes | undefined {
  const cipher = gcm(key, nonce, aad);
  try {
    return cipher.decrypt(ciphertext);
  } catch {
    return undefined;
  }
}

type Signatures = {
  readonly sign: (seed: Bytes, message: Bytes) => Bytes | Promise<Bytes>;
  readonly verify: (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean | Promise<boolean>;
};

const nobleSignatures: Signatures = {
  sign: (seed, message) => ed25519.sign(message, seed),
  /**
   * Verifies without the cofactor and compares R as bytes, as other libraries do (GR36). Noble's own function also
   * accepts signatures that differ by a point of small order.
   */
  verify: (publicKey, message, signature) => {
    if (isWeakSigningKey(publicKey) || signature.length !== 64) return false;
    const { Point } = ed25519;
    const [commitment, response] = [signature.slice(0, 32), numberOf(signature.slice(32))];
    if (response >= Point.Fn.ORDER) return false;
    try {
      const key = Point.fromBytes(publicKey);
      const challenge = Point.Fn.create(numberOf(sha512(concat(commitment, publicKey, message))));
      const expected = Point.BASE.multiplyUnsafe(response).subtract(key.multiplyUnsafe(challenge));
      return equalBytes(expected.toBytes(), commitment);
    } catch {
      return false; // Not a point of the curve.
    }
  },
};

/** Reads a little-endian number. */
function numberOf(bytes: Bytes): bigint {
  return BigInt(`0x${toHex(bytes.toReversed())}`);
}

function webSignatures(): Signatures {
  const subtle = crypto.subtle;
  const verifying = keyCache(
    (key) => subtle.importKey("raw", Uint8Array.from(key), "Ed25519", false, ["verify"]),
    cachedKeysMax,
  );
  const signing = keyCache(
    (seed) => subtle.importKey("pkcs8", Uint8Array.from(concat(pkcs8, seed)), "Ed25519", false, ["sign"]),
    4,
  );
  // Tested once: a browser without Ed25519 rejects the import of any key.
  const supported = signing(new Uint8Array(32)).then(
    () => true,
    () => false,
  );
  return {
    sign: async (seed, message) => {
      if (!(await supported)) return nobleSignatures.sign(seed, message);
      return new Uint8Array(await subtle.sign("Ed25519", await signing(seed), own(message)));
    },
    verify: async (publicKey, message, signature) => {
      if (isWeakSigningKey(publicKey)) return false;
      if (!(await supported)) return nobleSignatures.verify(publicKey, message, signature);
      try {
        const key = await verifying(publicKey);
        return await subtle.verify("Ed25519", key, own(signature), own(message));
      } catch {
        return false; // Not a point of the curve.
      }
    },
  };
}

function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A full cache drops its oldest key. A key whose import failed is not kept. */
function keyCache(make: (key: Bytes) => Promise<CryptoKey>, max: number): (key: Bytes) => Promise<CryptoKey> {
  const kept = new Map<string, Promise<CryptoKey>>();
  return (bytes) => {
    const id = toHex(bytes);
    const found = kept.get(id);
    if (found !== undefined) return found;
    const made = make(bytes);
    if (kept.size >= max) kept.delete(kept.keys().next().value as string);
    kept.set(id, made);
    made.catch(() => kept.delete(id));
    return made;
  };
}
