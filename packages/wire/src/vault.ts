/**
 * Vault: the sizes of what an account's devices keep at home for each other, encrypted (docs/spec/vault.md VA1–VA3).
 * Home knows a segment by its place alone, and its length is one of few.
 */
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
} as const;

export function isVaultSegmentSize(length: number): boolean {
  return vaultSegmentSizes.includes(length);
}
