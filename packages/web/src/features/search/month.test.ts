/** A month of the calendar. */
import { expect, test } from "bun:test";
import { monthOf, startsOf } from "./month.ts";

test("[SE7] a month has its days, in a leap year too, and each begins where the one before ends", () => {
  const february = monthOf(new Date(2028, 1, 14, 15).getTime());
  expect(february).toEqual({ year: 2028, month: 1, days: 29, firstWeekday: 2 });
  const starts = startsOf(february);
  expect(starts).toHaveLength(30);
  expect(new Date(starts[0] ?? 0)).toEqual(new Date(2028, 1, 1));
  expect(new Date(starts[29] ?? 0)).toEqual(new Date(2028, 2, 1));
});
