/**
 * Backup (vault): the calls, and the sizes of what an account's devices keep at home for each other, encrypted
 * (docs/spec/vault.md VA1–VA3). Home knows a segment by its place alone, and its length is one of few.
 */
import { call, hash, nothing } from "../call.ts";
import { blob, bool, list, struct, uint } from "../schema.ts";

const kib = 1_024;

/** Whole lengths of a segment: powers of two up to 512 KiB, and one that holds the largest message there is. */
export const vaultSegmentSizes: readonly number[] = [
  ...Array.from({ length: 10 }, (_, power) => kib * 2 ** power),
  896 * kib,
];

export const vaultLimits = {
  segmentBytesMax: 896 * kib,
  /** Of one page that is read; a segment that is larger comes alone. */
  pageBytesMax: 512 * kib,
  segmentsPerPageMax: 512,
  /** The last place at which an empty vault may begin; by itself none gets so far. */
  beginMax: 2 ** 30,
} as const;

export function isVaultSegmentSize(length: number): boolean {
  return vaultSegmentSizes.includes(length);
}

const segment = blob(vaultLimits.segmentBytesMax);

export const backup = {
  /**
   * The one recovery record of the account, sealed to its recovery key, in the place of the one before. Its length is
   * that of a segment. `n` and `entryHash`: the head of the list under which it was made, else `list-conflict`.
   */
  keepRecord: call("signed-in", struct({ n: uint(), entryHash: hash, record: segment }), nothing),
  readRecord: call("signed-in", nothing, struct({}, { record: segment })),
  /** The account's vault: its segments have the places `start` up to `next`, and fill `bytes` of `bytesMax`. */
  vaultState: call(
    "signed-in",
    nothing,
    struct({ isOn: bool, start: uint(), next: uint(), bytes: uint(), bytesMax: uint() }),
  ),
  /** Off: all of it is deleted. On again: it begins empty, after the places that were used. Repeating it is safe. */
  vaultSwitch: call("signed-in", struct({ isOn: bool }), nothing),
  /**
   * Refused `stale-offset` when `at` is not the next place: another device was quicker. An empty vault begins at `at`,
   * where that is not before the next place.
   */
  vaultAppend: call("signed-in", struct({ at: uint(), segment }), nothing),
  /** The newest first, from the place before `before` on. */
  vaultRead: call(
    "signed-in",
    struct({ before: uint() }),
    struct({ segments: list(struct({ at: uint(), segment }), vaultLimits.segmentsPerPageMax) }),
  ),
  /** Another segment in the place of one whose SHA-256 is `was`; else `stale-offset`. What it held is overwritten. */
  vaultRewrite: call("signed-in", struct({ at: uint(), was: hash, segment }), nothing),
} as const;
