/** Which rows of a long conversation stand in the document. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { heightBetween, nextStretch, type Sight, type Stretch } from "./stretch.ts";

const phonePx = 700;
/** Heights between those of one short line and of a picture. */
const heightsOf = (count: number) => Array.from({ length: count }, (_, row) => 44 + ((row * 37) % 200));

function settled(now: Stretch, sight: Sight, count: number, heightOf: (row: number) => number): Stretch {
  let stretch = now;
  for (let steps = 0; steps < 1_000; steps++) {
    const next = nextStretch(stretch, sight, count, heightOf);
    if (next === stretch) return stretch;
    stretch = next;
  }
  throw new Error("it never comes to rest");
}

const anywhere = fc.record({
  count: fc.integer({ min: 1, max: 300 }),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  heading: fc.constantFrom("older" as const, "newer" as const, "nowhere" as const),
});

test("[WE5] after one step all that is seen has rows, wherever one jumped to, and distances add up", () => {
  fc.assert(
    fc.property(anywhere, ({ count, place, from, heading }) => {
      const heights = heightsOf(count);
      const heightOf = (row: number) => heights[row] ?? 0;
      const allPx = heightBetween(0, count, heightOf);
      const first = Math.floor(from * (count - 1));
      const now = { first, end: first + 1, belowPx: heightBetween(first + 1, count, heightOf) };
      const fromEndPx = place * Math.max(0, allPx - phonePx);
      const next = nextStretch(now, { fromEndPx, heightPx: phonePx, heading }, count, heightOf);
      expect(next.belowPx).toBeCloseTo(heightBetween(next.end, count, heightOf));
      expect(next.belowPx).toBeLessThanOrEqual(fromEndPx + 0.001);
      const abovePx = next.belowPx + heightBetween(next.first, next.end, heightOf);
      expect(abovePx).toBeGreaterThanOrEqual(Math.min(allPx, fromEndPx + phonePx) - 0.001);
    }),
  );
});

test("[WE5] it comes to rest, with some screens on both sides and no more", () => {
  fc.assert(
    fc.property(anywhere, ({ count, place, heading }) => {
      const heights = heightsOf(count);
      const heightOf = (row: number) => heights[row] ?? 0;
      const allPx = heightBetween(0, count, heightOf);
      const fromEndPx = place * Math.max(0, allPx - phonePx);
      const sight = { fromEndPx, heightPx: phonePx, heading };
      const rest = settled({ first: count, end: count, belowPx: 0 }, sight, count, heightOf);
      const heldPx = heightBetween(rest.first, rest.end, heightOf);
      expect(heldPx).toBeLessThan(phonePx + 2 * 3_000);
      if (heading === "nowhere")
        expect(heldPx).toBeGreaterThanOrEqual(Math.min(allPx, phonePx + Math.min(fromEndPx, 2_000)));
    }),
  );
});

test("[WE5] [WE29] a fling meets rows at each frame, one of them new at a time, and others go many together", () => {
  const heights = heightsOf(2_000);
  const heightOf = (row: number) => heights[row] ?? 0;
  const still = { fromEndPx: 0, heightPx: phonePx, heading: "nowhere" as const };
  let stretch = settled({ first: 2_000, end: 2_000, belowPx: 0 }, still, 2_000, heightOf);
  for (let fromEndPx = 0; fromEndPx < 100_000; fromEndPx += 70) {
    const next = nextStretch(stretch, { fromEndPx, heightPx: phonePx, heading: "older" }, 2_000, heightOf);
    expect(stretch.first - next.first).toBeLessThanOrEqual(1);
    if (next.end !== stretch.end) expect(stretch.end - next.end).toBeGreaterThanOrEqual(20);
    expect(next.belowPx).toBeLessThanOrEqual(fromEndPx);
    expect(next.belowPx + heightBetween(next.first, next.end, heightOf)).toBeGreaterThan(fromEndPx + phonePx);
    stretch = next;
  }
});
