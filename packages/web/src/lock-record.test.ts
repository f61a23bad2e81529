/** How long one waits after wrong tries. */
import { expect, test } from "bun:test";
import { waitMsOf } from "./lock-record.ts";

test("[ST32] five wrong ones are free; then one waits half a minute, twice as long each time, an hour at most", () => {
  const wait = (wrong: number, sinceMs: number) => waitMsOf({ wrong, wrongMs: 1_000_000 }, 1_000_000 + sinceMs);
  expect([0, 4].map((wrong) => wait(wrong, 0))).toEqual([0, 0]);
  expect([5, 6, 7].map((wrong) => wait(wrong, 0))).toEqual([30_000, 60_000, 120_000]);
  expect(wait(30, 0)).toBe(3_600_000);
  expect(wait(5, 10_000)).toBe(20_000);
  expect(wait(5, 30_001)).toBe(0);
  expect(wait(5, -900_000)).toBe(30_000); // The clock was set back.
});
