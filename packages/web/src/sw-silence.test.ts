import { expect, test } from "bun:test";
import { isSilencedRing, ringOf, silenceRing } from "./sw-silence.ts";

/** A wake-up of a ring: its time in five bytes, and its tag (PU10, PU12). */
const ring = (seconds: number, tag: string) =>
  ringOf(Uint8Array.of(1, 2, 0, 0, 0, 0, seconds >> 7, seconds & 127, ...new TextEncoder().encode(tag)));

/** Time that passes when it is told to. */
function clock() {
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const wait = (ms: number) => new Promise<void>((end) => waits.push({ ms, end }));
  return { wait, waits };
}

test("[CA261] [PU17] silence is of one ring, until it is told as past: another who calls, or who calls later, rings aloud", async () => {
  const { wait, waits } = clock();
  const silence = silenceRing(ring(1_000, "mumsgate"), wait);
  expect(isSilencedRing(ring(1_000, "mumsgate"))).toBe(true);
  expect(isSilencedRing(ring(1_000, "bensgate"))).toBe(false);
  expect(isSilencedRing(ring(1_013, "mumsgate"))).toBe(false);
  expect(waits.map(({ ms }) => ms)).toEqual([90_000]);
  waits[0]?.end();
  await silence;
  expect(isSilencedRing(ring(1_000, "mumsgate"))).toBe(false);
});

test("[CA261] [PU17] the end of one silence is not that of another", async () => {
  const { wait, waits } = clock();
  const [one, other] = [ring(1_000, "mumsgate"), ring(1_005, "bensgate")];
  const first = silenceRing(one, wait);
  const second = silenceRing(other, wait);
  // Two who call in turn undo no silence.
  expect([one, other].map(isSilencedRing)).toEqual([true, true]);
  waits[0]?.end();
  await first;
  expect([one, other].map(isSilencedRing)).toEqual([false, true]);
  waits[1]?.end();
  await second;
  expect(isSilencedRing(other)).toBe(false);
});

test("[CA261] a notice of an older version, which names no ring, silences none and holds up nothing", async () => {
  for (const ring of [undefined, null, 1, {}]) await silenceRing(ring, () => new Promise(() => undefined));
  expect(isSilencedRing("")).toBe(false);
});
