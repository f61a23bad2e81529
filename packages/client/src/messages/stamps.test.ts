/** How far ahead a stamp may lie (docs/spec/sync.md SY62). */
import { expect, test } from "bun:test";
import { boundedMs, boundedStamps } from "./stamps.ts";

const dayMs = 86_400_000;
const nowMs = 1_000 * dayMs + 5;
const mostMs = 1_366 * dayMs;

test("[SY62] [SY85] a stamp counts as a year ahead at most, wherever it stands, and what is read or cleared as a day", () => {
  const never = Number.MAX_SAFE_INTEGER;
  const picture = new Uint8Array([1]);
  const said = { kind: "pins", items: [{ stampMs: never, words: "a" }], stampMs: never, upToMs: never, picture };
  expect(boundedStamps(said, nowMs)).toEqual({
    kind: "pins",
    items: [{ stampMs: mostMs, words: "a" }],
    stampMs: mostMs,
    upToMs: 1_001 * dayMs,
    picture,
  });
  expect(boundedStamps({ sinceMs: never, seenMs: never, fedMs: never }, nowMs)).toEqual({
    sinceMs: 1_002 * dayMs,
    seenMs: nowMs + dayMs,
    fedMs: nowMs + dayMs,
  });
  expect([boundedMs(never, nowMs), boundedMs(nowMs, nowMs)]).toEqual([mostMs, nowMs]);
  // Who comes after it is later, also where both are heard on one day.
  expect(boundedMs(boundedMs(never, nowMs) + 1, nowMs)).toBe(mostMs + 1);
  // Own devices that hear of a deletion at different moments keep the same, and the next is later.
  const upToMs = (saidMs: number, ms: number) => boundedStamps({ upToMs: saidMs }, ms).upToMs;
  expect([upToMs(never, nowMs + 1), upToMs(1_001 * dayMs + 1, nowMs)]).toEqual([1_001 * dayMs, 1_001 * dayMs + 1]);
  // A clock that is months ahead is a clock: what it says stays in its order.
  const ahead = { stampMs: nowMs + 100 * dayMs };
  expect(boundedStamps(ahead, nowMs)).toBe(ahead);
});
