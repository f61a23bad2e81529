import { expect, test } from "bun:test";
import { StopClock } from "./screen-time.ts";

test("[WE151] the card comes after the time that one set, ten minutes later again, and never where it is off", () => {
  const clock = new StopClock();
  clock.watched(29 * 60_000);
  expect(clock.isDue(30)).toBe(false);
  clock.watched(2 * 60_000);
  expect(clock.isDue(30)).toBe(true);
  expect(clock.isDue(60)).toBe(false);
  expect(clock.isDue(0)).toBe(false);
  clock.grant(30);
  expect(clock.isDue(30)).toBe(false);
  clock.watched(9 * 60_000);
  expect(clock.isDue(30)).toBe(false);
  clock.watched(60_000);
  expect(clock.isDue(30)).toBe(true);
  clock.rest();
  expect(clock.isDue(30)).toBe(false);
  clock.watched(30 * 60_000);
  expect(clock.isDue(30)).toBe(true);
});
