import { expect, test } from "bun:test";
import { Refusals } from "./refusals.ts";

test("[DS144] what was refused is told by reason and count, the most first, and once", () => {
  const refusals = new Refusals();
  expect(refusals.news()).toBeUndefined();
  for (let n = 0; n < 3; n++) refusals.count("bad-token");
  for (let n = 0; n < 12; n++) refusals.count("rate-limited");
  refusals.count("stale-epoch");
  expect(refusals.news()).toBe("refused: rate-limited 12, bad-token 3");
  expect(refusals.news()).toBeUndefined();
  refusals.count("bad-token");
  refusals.count("stale-epoch");
  expect(refusals.news()).toBe("refused: bad-token 1");
  expect(refusals.all()).toEqual({ "bad-token": 4, "stale-epoch": 2, "rate-limited": 12 });
});
