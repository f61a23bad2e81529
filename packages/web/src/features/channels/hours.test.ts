import { expect, test } from "bun:test";
import { clockWords, minutesOf } from "./hours.ts";

test("[WE172] hours read as a clock shows them", () => {
  expect([0, 6 * 60, 22 * 60 + 5].map(clockWords)).toEqual(["00:00", "06:00", "22:05"]);
  expect(["00:00", "06:00", "22:05", "23:59"].map(minutesOf)).toEqual([0, 360, 1_325, 1_439]);
  expect(["", "24:00", "7:00", "12:60"].map(minutesOf)).toEqual([undefined, undefined, undefined, undefined]);
});
