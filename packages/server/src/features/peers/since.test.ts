/** Since: for how long another server has not taken what waits for it (docs/spec/peers.md PE66). */
import { expect, test } from "bun:test";
import { Since } from "./since.ts";

test("[PE66] a server is away since its oldest row, however many wait, and not for what it took", () => {
  const since = new Since();
  expect(since.of(1, 0, 0)).toBeUndefined();
  for (let n = 1; n <= 10_000; n++) since.put(1, n, n * 1_000);
  expect(since.of(1, 0, 10_000)).toBe(1_000);
  const later = since.of(1, 9_000, 10_000) ?? 0;
  // Marks are thinned out: a row may count as older than it is, and never as newer.
  expect(later).toBeGreaterThan(8_500_000);
  expect(later).toBeLessThanOrEqual(9_001_000);
  expect(since.of(1, 10_000, 10_000)).toBeUndefined();
  // A transaction that is tried anew gives the same number again.
  since.put(1, 10_001, 20_000_000);
  since.put(1, 10_001, 20_005_000);
  expect(since.of(1, 10_000, 10_001)).toBe(20_005_000);
});
