/**
 * Marks (docs/spec/channels.md CH15): the right to like and to be counted as a viewer, once an account and film,
 * without saying whose like it is. Once a month an account draws 64 marks blinded, one under the key of each bucket; a
 * film belongs to the bucket that its entry's hash names. The VOPRF is that of upload tokens (RFC 9497).
 */
import { ristretto255, ristretto255_oprf as suite } from "@noble/curves/ed25519.js";
import { type Bytes, utf8 } from "../bytes.ts";
import { fixed, type Infer, struct } from "../schema.ts";
import type { Primitives } from "../signing.ts";
import {
  type BlindedToken,
  evaluateTokens,
  finishTokens,
  isToken,
  type UploadTokenKey,
  uploadTokenBytes,
} from "../upload-tokens.ts";
import { labelled, u53 } from "./label.ts";
import { publicLimits } from "./limits.ts";

export const channelMark = struct({
  input: fixed(uploadTokenBytes.input),
  output: fixed(uploadTokenBytes.output),
});
/** What an account shows for a like or a view of a film of this mark's bucket. */
export type ChannelMark = Infer<typeof channelMark>;

type Random = (length: number) => Bytes;

/** A home's key for one bucket of one month, from a seed of 32 bytes that it keeps. */
export function markKey(seed: Bytes, month: number, bucket: number): UploadTokenKey {
  return suite.voprf.deriveKeyPair(seed, utf8(`yanshu marks ${month} ${bucket}`));
}

/** What each pack says of a month's public keys, one a bucket (CH32). */
export function markKeysHash(sha256: Primitives["sha256"], month: number, keys: readonly Bytes[]): Bytes {
  return sha256(labelled("mark keys", u53(month), ...keys));
}

/** Months since 1970, of a day since 1970 (UTC). */
export function monthOf(day: number): number {
  const date = new Date(day * 86_400_000);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The bucket of an entry: the index of the key whose mark its likes and views show. */
export function bucketOf(entry: Bytes): number {
  return (entry[0] as number) % publicLimits.buckets;
}

/**
 * Whether it can be evaluated: an element of the group and not the neutral one. A hundredth of what evaluating costs.
 */
export function isBlinded(blinded: Bytes): boolean {
  try {
    return !ristretto255.Point.fromBytes(blinded).is0();
  } catch {
    return false; // The library throws at what is no element.
  }
}

/** Evaluates one blinded mark under its bucket's key, on the server. @throws Error when it is no element. */
export function evaluateMark(key: UploadTokenKey, blinded: Bytes, random: Random) {
  const { evaluated, proof } = evaluateTokens(key, [blinded], random);
  return { evaluated: evaluated[0] as Bytes, proof };
}

/**
 * The mark, or undefined if home used another key than everybody's: a key for one account would recognize its likes.
 */
export function finishMark(
  publicKey: Bytes,
  token: BlindedToken,
  answer: { readonly evaluated: Bytes; readonly proof: Bytes },
): ChannelMark | undefined {
  const outputs = finishTokens(publicKey, [token], { evaluated: [answer.evaluated], proof: answer.proof });
  const output = outputs?.[0];
  return output && { input: token.input, output };
}

/** Whether the mark is one of this key. Costs most of a millisecond. */
export function isMark(key: UploadTokenKey, { input, output }: ChannelMark): boolean {
  return isToken(key, input, output);
}

/**
 * What home keeps of a like or a view: of one mark it is another for each entry, so that at rest no two likes are
 * joined.
 */
export function markRow(
  sha256: Primitives["sha256"],
  what: "like" | "view",
  { input }: ChannelMark,
  entry: Bytes,
): Bytes {
  return sha256(labelled(what, input, entry)).slice(0, 16);
}
