/**
 * Bun's provider: node:crypto, synchronous inside. It was the fastest in measurements of the CLI, a server and tests.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  scryptSync,
  sign,
  verify,
} from "node:crypto";
import { type Bytes, fromHex, isWeakSigningKey, toHex, usernameCost } from "@yanshu/wire";
import { cryptoFrom } from "../suite.ts";
import type { Crypto } from "../types.ts";

export { createMediaCipher } from "./media-cipher.ts";

const der = {
  ed25519Private: fromHex("302e020100300506032b657004220420"),
  ed25519Public: fromHex("302a300506032b6570032100"),
  x25519Private: fromHex("302e020100300506032b656e04220420"),
  x25519Public: fromHex("302a300506032b656e032100"),
};

/** Keys recur: a verifying key with each message of its device, a signing key with each own message. */
const cachedKeysMax = 2_048;

export type BunCryptoOptions = { readonly random?: ((length: number) => Bytes) | undefined };

export function createBunCrypto({ random = randomBytes }: BunCryptoOptions = {}): Crypto {
  const verifying = keyCache((key) => {
    if (isWeakSigningKey(key)) throw new Error("a key of small order");
    return publicKey(der.ed25519Public, key);
  }, cachedKeysMax);
  const signing = keyCache((seed) => privateKey(der.ed25519Private, seed), 4);
  return cryptoFrom({
    random,
    sha256: (data) => plain(new Bun.CryptoHasher("sha256").update(data).digest()),
    hmac: (key, data) => plain(new Bun.CryptoHasher("sha256", key).update(data).digest()),
    gcmSeal: (key, nonce, aad, plaintext) => {
      const cipher = createCipheriv(gcmName(key), key, nonce);
      cipher.setAAD(aad);
      const out = new Uint8Array(plaintext.length + 16);
      const body = cipher.update(plaintext);
      out.set(body);
      out.set(cipher.final(), body.length);
      out.set(cipher.getAuthTag(), plaintext.length);
      return out;
    },
    gcmOpen: (key, nonce, aad, ciphertext) => {
      if (ciphertext.length < 16) return undefined;
      const decipher = createDecipheriv(gcmName(key), key, nonce, { authTagLength: 16 });
      decipher.setAAD(aad);
      decipher.setAuthTag(ciphertext.subarray(ciphertext.length - 16));
      try {
        const out = new Uint8Array(ciphertext.length - 16);
        const body = decipher.update(ciphertext.subarray(0, ciphertext.length - 16));
        out.set(body);
        out.set(decipher.final(), body.length);
        return out;
      } catch {
        return undefined; // The tag does not match.
      }
    },
    x25519Public: (key) => rawPublic(createPublicKey(privateKey(der.x25519Private, key))),
    x25519: (key, peer) => {
      try {
        return plain(
          diffieHellman({
            privateKey: privateKey(der.x25519Private, key),
            publicKey: publicKey(der.x25519Public, peer),
          }),
        );
      } catch {
        return undefined; // A point of small order.
      }
    },
    stretch: (secret, salt) => {
      const { n: N, r, p, bytes } = usernameCost;
      return plain(scryptSync(secret, salt, bytes, { N, r, p, maxmem: 2 * 128 * N * r }));
    },
    ed25519Public: (seed) => rawPublic(createPublicKey(privateKey(der.ed25519Private, seed))),
    ed25519Sign: (seed, message) => plain(sign(null, message, signing(seed))),
    ed25519Verify: (key, message, signature) => {
      if (signature.length !== 64) return false;
      try {
        return verify(null, message, verifying(key), signature);
      } catch {
        return false; // Not a point of the curve, or one of small order.
      }
    },
  });
}

function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A Buffer's `slice` shares memory and a Uint8Array's copies: callers outside this file get a Uint8Array. */
function plain(buffer: Uint8Array): Bytes {
  return new Uint8Array(buffer);
}

function gcmName(key: Bytes): "aes-128-gcm" | "aes-256-gcm" {
  return key.length === 16 ? "aes-128-gcm" : "aes-256-gcm";
}

function privateKey(prefix: Bytes, key: Bytes): KeyObject {
  return createPrivateKey({ key: Buffer.concat([prefix, key]), format: "der", type: "pkcs8" });
}

function publicKey(prefix: Bytes, key: Bytes): KeyObject {
  return createPublicKey({ key: Buffer.concat([prefix, key]), format: "der", type: "spki" });
}

function rawPublic(key: KeyObject): Bytes {
  return plain(key.export({ format: "der", type: "spki" }).subarray(12));
}

/** A full cache drops its oldest key. */
function keyCache(make: (key: Bytes) => KeyObject, max: number): (key: Bytes) => KeyObject {
  const kept = new Map<string, KeyObject>();
  return (bytes) => {
    const id = toHex(bytes);
    const found = kept.get(id);
    if (found !== undefined) return found;
    const made = make(bytes);
    if (kept.size >= max) kept.delete(kept.keys().next().value as string);
    kept.set(id, made);
    return made;
  };
}
