/**
 * Store key: 32 random bytes that encrypt the device's store, kept only wrapped: by a code or passphrase
 * (docs/spec/store.md ST32), through scrypt with 128 MiB, so that guessing is slow; and by the PRF output of a passkey
 * (ST34), which cannot be guessed. The wrap is authenticated, so a wrong secret is detected.
 */
import { gcm } from "@noble/ciphers/aes.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { invariant } from "@yanshu/wire";

export type WrappedKey = {
  readonly salt: Uint8Array;
  /** log2 of scrypt's N. */
  readonly logN: number;
  /** Nonce of 12 bytes, then the encrypted key. */
  readonly wrap: Uint8Array;
};

const logN = 17;
/** A higher cost is refused: it would stall the device. */
const logNMax = 20;
const label = new TextEncoder().encode("yanshu app lock v1");
const passkeyLabel = new TextEncoder().encode("yanshu app lock passkey v1");
/** Length of a passkey's PRF output. */
const secretBytes = 32;
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

export function makeStoreKey(): Uint8Array {
  return random(32);
}

export function wrapStoreKey(key: Uint8Array, secret: string): WrappedKey {
  const salt = random(16);
  return { salt, logN, wrap: sealed(key, stretched(secret, salt, logN), label) };
}

/** Returns undefined if the secret is wrong. */
export function unwrapStoreKey({ salt, logN: cost, wrap }: WrappedKey, secret: string): Uint8Array | undefined {
  if (cost > logNMax) return undefined;
  return opened(wrap, stretched(secret, salt, cost), label);
}

/**
 * Returns a nonce of 12 bytes, then the encrypted key.
 *
 * @param secret a passkey's PRF output, 32 bytes.
 */
export function wrapStoreKeyByPasskey(key: Uint8Array, secret: Uint8Array): Uint8Array {
  invariant(secret.length === secretBytes, "a passkey answers 32 bytes");
  return sealed(key, hkdf(sha256, secret, undefined, passkeyLabel, 32), passkeyLabel);
}

/** Returns undefined if the secret is of another passkey, or of another PRF input. */
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
