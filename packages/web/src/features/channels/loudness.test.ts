import { expect, test } from "bun:test";
import { gainOf, Loudness, silentLufs } from "./loudness.ts";

/** A tone of 1 kHz, in pieces as a decoder brings them. @param dbs its peak in dBFS and for how many seconds */
function measured(rate: number, channels: number, dbs: readonly (readonly [number, number])[]): number {
  const loudness = new Loudness(rate);
  let at = 0;
  for (const [db, seconds] of dbs) {
    const end = at + Math.round(seconds * rate);
    while (at < end) {
      const piece = new Float32Array(Math.min(1_024, end - at));
      for (let n = 0; n < piece.length; n++, at++)
        piece[n] = 10 ** (db / 20) * Math.sin((2 * Math.PI * 1_000 * at) / rate);
      loudness.add(Array.from({ length: channels }, () => piece));
    }
  }
  return loudness.integrated();
}

// The cases of EBU Tech 3341 that one tone makes; it allows 0.1 LU.
test("[WE145] loudness is that of BS.1770: steady tones", () => {
  expect(measured(48_000, 2, [[-23, 20]])).toBeCloseTo(-23, 1);
  expect(measured(48_000, 2, [[-33, 20]])).toBeCloseTo(-33, 1);
  expect(measured(44_100, 2, [[-23, 20]])).toBeCloseTo(-23, 1);
  expect(measured(48_000, 1, [[-20, 5]])).toBeCloseTo(-23, 1);
});

test("[WE145] silence and what is far below the rest do not count", () => {
  const quiet = [
    [-36, 10],
    [-23, 20],
    [-36, 10],
  ] as const;
  expect(Math.abs(measured(48_000, 2, quiet) + 23)).toBeLessThan(0.1);
  expect(Math.abs(measured(48_000, 2, [[-72, 10], ...quiet, [-72, 10]]) + 23)).toBeLessThan(0.1);
  expect(measured(48_000, 2, [[-200, 3]])).toBe(silentLufs);
});

test("[WE145] films are brought to -16 LUFS by a gain, and a quiet one by 6 dB at most", () => {
  expect(gainOf(-16)).toBe(1);
  expect(gainOf(-10)).toBeCloseTo(0.501, 3);
  expect(gainOf(-19)).toBeCloseTo(1.413, 3);
  expect(gainOf(-40)).toBeCloseTo(1.995, 3);
  expect(gainOf(silentLufs)).toBe(1);
  expect(gainOf(Number.NaN)).toBe(1);
});
