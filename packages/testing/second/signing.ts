/** Hashes and signatures (docs/spec/wire.md WI8): over a label, so that none can be shown for another purpose. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { type Bytes, concat, u32, utf8 } from "./bytes.ts";

export type KeyPair = { readonly seed: Bytes; readonly publicKey: Bytes };

export function sha256(bytes: Uint8Array): Bytes {
  return new Uint8Array(nobleSha256(bytes));
}

export function labelled(label: string, ...fields: readonly Uint8Array[]): Bytes {
  return concat(utf8(`yanshu ${label} v1\0`), ...fields);
}

export function hashOf(label: string, ...fields: readonly Uint8Array[]): Bytes {
  return sha256(labelled(label, ...fields));
}

export function keyPairOf(seed: Bytes): KeyPair {
  return { seed, publicKey: new Uint8Array(ed25519.getPublicKey(seed)) };
}

export function sign(key: KeyPair, bytes: Uint8Array): Bytes {
  return new Uint8Array(ed25519.sign(bytes, key.seed));
}

export function verifies(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, bytes, publicKey, { zip215: false });
  } catch {
    return false; // The library throws at what is no key or no signature.
  }
}

/** HKDF-SHA-256 of 32 bytes, without salt (docs/spec/wire.md WI35). */
export function derive(secret: Uint8Array, label: string): Bytes {
  return new Uint8Array(hkdf(nobleSha256, secret, undefined, utf8(label), 32));
}

/** What a home says of itself in its answer to `hello`. */
export type Greeting = { readonly domain: string; readonly incarnation: Bytes; readonly nonce: Bytes };

/** What begins every signature that is made for one connection of one home. */
export function place({ domain, incarnation, nonce }: Greeting): Bytes {
  const name = utf8(domain);
  return concat(u32(name.length), name, incarnation, nonce);
}
