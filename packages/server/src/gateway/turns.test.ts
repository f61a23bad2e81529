import { expect, test } from "bun:test";
import { Turns } from "./turns.ts";

test("[CA184] a flood from one place waits behind itself: who comes from another has the next turn but one", () => {
  const turns = new Turns<string>(10, { prefix: 64, all: 100 }, 0);
  for (let i = 0; i < 64; i++) expect(turns.add("flood", `flood ${i}`)).toBeUndefined();
  expect(turns.take(0)).toHaveLength(10);
  expect(turns.take(0)).toEqual([]);
  turns.add("home", "home");
  expect(turns.take(200)).toContain("home");
  // As many as a calm second's begin at once, however long it was calm.
  expect(turns.take(60_000)).toHaveLength(10);
});

test("[CA184] where too many wait the newest of the place that has most makes way, and none of a place for another of it", () => {
  const turns = new Turns<string>(1, { prefix: 3, all: 4 }, 0);
  for (const one of ["a1", "a2", "a3"]) expect(turns.add("a", one)).toBeUndefined();
  expect(turns.add("a", "a4")).toBe("a4");
  expect(turns.add("b", "b1")).toBeUndefined();
  expect(turns.add("c", "c1")).toBe("a3");
  expect(turns.size).toBe(4);
  expect(turns.add("d", "d1")).toBe("a2");
  expect(turns.add("b", "b2")).toBe("b2");
});
