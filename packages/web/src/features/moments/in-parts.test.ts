import { expect, test } from "bun:test";
import { Flight } from "./in-parts.ts";

test("[WE268] a list flies while it moves faster than anybody reads, and a moment after", () => {
  const flight = new Flight();
  flight.moved(0, 0);
  expect(flight.flies(0)).toBe(false);
  for (let ms = 16; ms < 1_000; ms += 16) flight.moved(ms * 0.5, ms);
  expect(flight.flies(1_000)).toBe(false);
  flight.moved(3_000, 1_016);
  expect(flight.flies(1_016)).toBe(true);
  expect(flight.flies(1_100)).toBe(true);
  expect(flight.flies(1_200)).toBe(false);
  // Back up it flies as well.
  flight.moved(2_600, 1_250);
  expect(flight.flies(1_250)).toBe(true);
});
