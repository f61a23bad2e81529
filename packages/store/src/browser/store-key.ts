/**
 * Store key: 32 random bytes under which the device's store is sealed, kept only wrapped: by what its person knows
 * (docs/spec/store.md ST32), digits or words, made slow to try by scrypt with 128 MiB; and by what a passkey of the
 * device answers (ST34), which nobody can try. What is wrapped tells whether it was right.
 */
import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { invariant } from "@yanshu/wire";

export type WrappedKey = {
  readonly salt: Uint8Array;
  /** Of scrypt: the exponent of N. */
  readonly logN: number;
  /** Nonce of 12 bytes, then the sealed key. */
  readonly wrap: Uint8Array;
};

const logN = 17;
/** More than this is no wrap of ours: it would stop the device. */
const logNMax = 20;
const label = new TextEncoder().encode("yanshu app lock v1");
const passkeyLabel = new TextEncoder().encode("yanshu app lock passkey v1");
/** Of what a passkey answers; less is no secret. */
const secretBytes = 32;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

export function makeStoreKey(): Uint8Array {
  return random(32);
}

export function wrapStoreKey(key: Uint8Array, secret: string): WrappedKey {
  const salt = random(16);
  return { salt, logN, wrap: sealed(key, stretched(secret, salt, logN), label) };
}

/** Undefined: it was another secret. */
export function unwrapStoreKey({ salt, logN: cost, wrap }: WrappedKey, secret: string): Uint8Array | undefined {
  if (cost > logNMax) return undefined;
  return opened(wrap, stretched(secret, salt, cost), label);
}

/**
 * @param secret 32 bytes that a passkey answers to this device alone. Returns the nonce of 12 bytes, then the sealed
 * key.
 */
export function wrapStoreKeyByPasskey(key: Uint8Array, secret: Uint8Array): Uint8Array {
  invariant(secret.length === secretBytes, "a passkey answers 32 bytes");
  return sealed(key, hkdf(sha256, secret, undefined, passkeyLabel, 32), passkeyLabel);
}

/** Undefined: it was another passkey, or asked for something else. */
export function unwrapStoreKeyByPasskey(wrap: Uint8Array, secret: Uint8Array): Uint8Array | undefined {
  if (secret.length !== secretBytes) return undefined;
  return opened(wrap, hkdf(sha256, secret, undefined, passkeyLabel, 32), passkeyLabel);
}

function sealed(key: Uint8Array, under: Uint8Array, aad: Uint8Array): Uint8Array {
  const nonce = random(12);
  return Uint8Array.from([...nonce, ...gcm(under, nonce, aad).encrypt(key)]);
}

function opened(wrap: Uint8Array, under: Uint8Array, aad: Uint8Array): Uint8Array | undefined {
  try {
    return gcm(under, wrap.subarray(0, 12), aad).decrypt(wrap.subarray(12));
  } catch {
    return undefined;
  }
}

function stretched(secret: string, salt: Uint8Array, cost: number): Uint8Array {
  return scrypt(new TextEncoder().encode(secret.normalize("NFKC")), salt, { N: 2 ** cost, r: 8, p: 1, dkLen: 32 });
}
