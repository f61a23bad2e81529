/**
 * Upload tokens: the right to store bytes. An account draws them; they are spent anonymously (docs/spec/media.md ME3).
 * The VOPRF of RFC 9497 over ristretto255-SHA512: the server evaluates blinded inputs, proves that it used its public
 * key, and cannot link a spent token to the account that drew it.
 */
import { ed25519, ristretto255_oprf as suite } from "@noble/curves/ed25519.js";
import { type Bytes, equalBytes, utf8 } from "./bytes.ts";
import type { UnixMs } from "./ids.ts";
import { fixed, type Infer, struct, uint } from "./schema.ts";

/** Sizes in bytes. */
export const uploadTokenBytes = { input: 32, blinded: 32, proof: 64, output: 64, publicKey: 32 } as const;

const weekMs = 7 * 86_400_000;

/** The number of the key that home signs tokens by at that moment: the week, by Unix time. */
export function uploadTokenEpochAt(ms: UnixMs): number {
  return Math.floor(ms / weekMs);
}

export const uploadToken = struct({
  epoch: uint(),
  input: fixed(uploadTokenBytes.input),
  output: fixed(uploadTokenBytes.output),
});
export type UploadToken = Infer<typeof uploadToken>;

// The library has `evaluate` in this mode too (RFC 9497 §3.3.2 takes it from §3.3.1); its types leave it out.
const voprf = suite.voprf as typeof suite.voprf & { readonly evaluate: (secretKey: Bytes, input: Bytes) => Bytes };
type Random = (length: number) => Bytes;

export type UploadTokenKey = { readonly secretKey: Bytes; readonly publicKey: Bytes };

/** What a client keeps until the server's result arrives. */
export type BlindedToken = { readonly input: Bytes; readonly blind: Bytes; readonly blinded: Bytes };

/**
 * A server's key of one epoch, from a seed of 32 bytes that it keeps.
 *
 * The library would first make a table of four thousand multiples of the base point: ten mebibytes of memory and some
 * thirty milliseconds, for one multiplication a week and one in each proof (docs/spec/delivery.md DS243). So the table
 * is left out where this process derives such a key.
 */
export function uploadTokenKey(seed: Bytes, epoch: number): UploadTokenKey {
  ed25519.Point.BASE.precompute(1);
  return voprf.deriveKeyPair(seed, utf8(`yanshu upload tokens ${epoch}`));
}

export function blindToken(random: Random): BlindedToken {
  const input = random(uploadTokenBytes.input);
  const { blind, blinded } = voprf.blind(input, rng(random));
  return { input, blind, blinded };
}

/** Evaluates blinded tokens, on the server. @throws Error when one of `blinded` is no element of the group. */
export function evaluateTokens(
  key: UploadTokenKey,
  blinded: readonly Bytes[],
  random: Random,
): { readonly evaluated: readonly Bytes[]; readonly proof: Bytes } {
  return voprf.blindEvaluateBatch(key.secretKey, key.publicKey, [...blinded], rng(random));
}

/**
 * Returns the tokens' outputs, or undefined if the proof is wrong: the server used another key than `publicKey`.
 * @checks ME3
 */
export function finishTokens(
  publicKey: Bytes,
  tokens: readonly BlindedToken[],
  answer: { readonly evaluated: readonly Bytes[]; readonly proof: Bytes },
): readonly Bytes[] | undefined {
  if (answer.evaluated.length !== tokens.length) return undefined;
  const items = tokens.map((token, place) => ({ ...token, evaluated: answer.evaluated[place] as Bytes }));
  try {
    return voprf.finalizeBatch(items, publicKey, answer.proof);
  } catch {
    return undefined;
  }
}

/** Whether `output` is the evaluation of `input` under this key. @checks ME3 */
export function isToken(key: UploadTokenKey, input: Bytes, output: Bytes): boolean {
  return equalBytes(voprf.evaluate(key.secretKey, input), output);
}

function rng(random: Random): (length?: number) => Bytes {
  return (length = 32) => random(length);
}
