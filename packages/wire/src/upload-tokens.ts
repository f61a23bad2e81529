/**
 * Upload tokens: the right to store so many bytes, drawn by an account and spent by nobody in particular
 * (docs/spec/media.md ME3). The VOPRF of RFC 9497 over ristretto255-SHA512: the server signs what it cannot see,
 * proves that it used the key that it shows to everybody, and cannot tell later which account drew what is spent.
 */
import { ristretto255_oprf as suite } from "@noble/curves/ed25519.js";
import { type Bytes, equalBytes, utf8 } from "./bytes.ts";
import { fixed, type Infer, struct, uint } from "./schema.ts";

/** Sizes in bytes of what upload tokens are made of. */
export const uploadTokenBytes = { input: 32, blinded: 32, proof: 64, output: 64, publicKey: 32 } as const;

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

/** What a client keeps until the server answered. */
export type BlindedToken = { readonly input: Bytes; readonly blind: Bytes; readonly blinded: Bytes };

/** A server's key of one epoch, from a seed of 32 bytes that it keeps. */
export function uploadTokenKey(seed: Bytes, epoch: number): UploadTokenKey {
  return voprf.deriveKeyPair(seed, utf8(`yanshu upload tokens ${epoch}`));
}

export function blindToken(random: Random): BlindedToken {
  const input = random(uploadTokenBytes.input);
  const { blind, blinded } = voprf.blind(input, rng(random));
  return { input, blind, blinded };
}

/** The server's part. @throws Error when one of `blinded` is no element of the group. */
export function evaluateTokens(
  key: UploadTokenKey,
  blinded: readonly Bytes[],
  random: Random,
): { readonly evaluated: readonly Bytes[]; readonly proof: Bytes } {
  return voprf.blindEvaluateBatch(key.secretKey, key.publicKey, [...blinded], rng(random));
}

/**
 * The tokens' outputs, or undefined when the proof does not fit: the server used another key for this account.
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

/** Whether `output` is this key's for `input`. @checks ME3 */
export function isToken(key: UploadTokenKey, input: Bytes, output: Bytes): boolean {
  return equalBytes(voprf.evaluate(key.secretKey, input), output);
}

function rng(random: Random): (length?: number) => Bytes {
  return (length = 32) => random(length);
}
