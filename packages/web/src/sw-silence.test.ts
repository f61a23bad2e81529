import { expect, test } from "bun:test";
import { isSilencedRing, ringOf } from "./sw-silence.ts";

/** A wake-up of a ring: its time in five bytes, and its tag (PU10, PU12). */
const ring = (seconds: number, tag: string) =>
  Uint8Array.of(1, 2, 0, 0, 0, 0, seconds >> 7, seconds & 127, ...new TextEncoder().encode(tag));

test("[CA261] silence is of one ring: it rings again in silence, and another who calls, or who calls later, rings aloud", () => {
  const kept = JSON.parse(JSON.stringify({ ring: ringOf(ring(1_000, "mumsgate")) })) as unknown;
  expect(isSilencedRing(kept, ringOf(ring(1_000, "mumsgate")))).toBe(true);
  expect(isSilencedRing(kept, ringOf(ring(1_000, "bensgate")))).toBe(false);
  expect(isSilencedRing(kept, ringOf(ring(1_013, "mumsgate")))).toBe(false);
});

test("[CA261] what is no silence silences nothing", () => {
  const one = ringOf(ring(1_000, "mumsgate"));
  for (const kept of [undefined, null, {}, { untilMs: Number.MAX_SAFE_INTEGER }, { ring: "" }, "ring", [one]])
    expect(isSilencedRing(kept, one)).toBe(false);
});
