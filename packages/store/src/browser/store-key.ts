/**
 * Store key: 32 random bytes under which the device's store is sealed, kept only wrapped by what its person knows
 * (docs/spec/store.md ST32): digits or words, made slow to try by scrypt with 128 MiB. What is wrapped tells whether it was right.
 */
import { gcm } from "@noble/ciphers/aes.js";
import { scrypt } from "@noble/hashes/scrypt.js";

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
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

export function makeStoreKey(): Uint8Array {
  return random(32);
}

export function wrapStoreKey(key: Uint8Array, secret: string): WrappedKey {
  const [salt, nonce] = [random(16), random(12)];
  const sealed = gcm(stretched(secret, salt, logN), nonce, label).encrypt(key);
  return { salt, logN, wrap: Uint8Array.from([...nonce, ...sealed]) };
}

/** Undefined: it was another secret. */
export function unwrapStoreKey({ salt, logN: cost, wrap }: WrappedKey, secret: string): Uint8Array | undefined {
  if (cost > logNMax) return undefined;
  try {
    return gcm(stretched(secret, salt, cost), wrap.subarray(0, 12), label).decrypt(wrap.subarray(12));
  } catch {
    return undefined;
  }
}

function stretched(secret: string, salt: Uint8Array, cost: number): Uint8Array {
  return scrypt(new TextEncoder().encode(secret.normalize("NFKC")), salt, { N: 2 ** cost, r: 8, p: 1, dkLen: 32 });
}
