/**
 * Backup (vault): the calls and sizes of the encrypted segments that an account's devices store at home for each other
 * (docs/spec/vault.md VA1–VA3). Home knows only a segment's number and its length, which is one of few.
 */
import { call, hash, nothing } from "../call.ts";
import { blob, bool, list, struct, uint } from "../schema.ts";

const kib = 1_024;

/** Allowed lengths of a segment, in bytes: powers of two up to 512 KiB, and one that fits the largest message. */
export const vaultSegmentSizes: readonly number[] = [
  ...Array.from({ length: 10 }, (_, power) => kib * 2 ** power),
  896 * kib,
];

export const vaultLimits = {
  segmentBytesMax: 896 * kib,
  /** Of one page of `vaultRead`; a larger segment is returned alone. */
  pageBytesMax: 512 * kib,
  segmentsPerPageMax: 512,
  /** The highest number at which an empty vault may begin; ordinary use does not reach it. */
  beginMax: 2 ** 30,
} as const;

export function isVaultSegmentSize(length: number): boolean {
  return vaultSegmentSizes.includes(length);
}

const segment = blob(vaultLimits.segmentBytesMax);

export const backup = {
  /**
   * Replaces the account's recovery record, which is encrypted to its recovery key and has the length of a segment. `n`
   * and `entryHash`: the head of the device list; refused as `list-conflict` if it is another.
   */
  keepRecord: call("signed-in", struct({ n: uint(), entryHash: hash, record: segment }), nothing),
  readRecord: call("signed-in", nothing, struct({}, { record: segment })),
  /** The vault's segments are numbered from `start` up to, not including, `next`, and take `bytes` of `bytesMax`. */
  vaultState: call(
    "signed-in",
    nothing,
    struct({ isOn: bool, start: uint(), next: uint(), bytes: uint(), bytesMax: uint() }),
  ),
  /** Off: deletes all segments. On: begins empty, numbered after those used before. Repeating it is safe. */
  vaultSwitch: call("signed-in", struct({ isOn: bool }), nothing),
  /**
   * Refused as `stale-offset` if `at` is not `next`, because another device appended first. An empty vault may begin at
   * any `at` from `next` on.
   */
  vaultAppend: call("signed-in", struct({ at: uint(), segment }), nothing),
  /** Segments with numbers below `before`, the newest first. */
  vaultRead: call(
    "signed-in",
    struct({ before: uint() }),
    struct({ segments: list(struct({ at: uint(), segment }), vaultLimits.segmentsPerPageMax) }),
  ),
  /** Overwrites the segment at `at` if its SHA-256 is `was`; else refused as `stale-offset`. */
  vaultRewrite: call("signed-in", struct({ at: uint(), was: hash, segment }), nothing),
} as const;
