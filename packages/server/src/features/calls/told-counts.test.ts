/** Counts of a thread or a process go on where the one before it ended. */
import { expect, test } from "bun:test";
import { ToldCounts } from "./told-counts.ts";

test("counters of those that ended are added, and what was there is gone with them", () => {
  const told = new ToldCounts({ legs: 0, passed: 0 }, "legs");
  expect(told.all).toEqual({ legs: 0, passed: 0 });
  told.hear({ legs: 2, passed: 5 });
  told.hear({ legs: 3, passed: 7 });
  expect(told.all).toEqual({ legs: 3, passed: 7 });
  told.ended();
  expect(told.all).toEqual({ legs: 0, passed: 7 });
  told.hear({ legs: 1, passed: 4 });
  told.ended();
  told.hear({ legs: 1, passed: 1 });
  expect(told.all).toEqual({ legs: 1, passed: 12 });
});
