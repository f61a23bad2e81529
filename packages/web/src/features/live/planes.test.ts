import { expect, test } from "bun:test";
import { fittedPlanes, planeFormats } from "./planes.ts";

/** Four by two: rows of brightness 1 to 4 and 5 to 8, colours 50 and 51 beside 60 and 61. */
const i420 = {
  format: "I420",
  width: 4,
  height: 2,
  data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 50, 51, 60, 61),
  layout: [
    { offset: 0, stride: 4 },
    { offset: 8, stride: 2 },
    { offset: 10, stride: 2 },
  ],
};

test("[CA260] a frame is scaled in the colours that it came with, whichever way its planes lie", () => {
  const small = [1, 3, 50, 60];
  expect([...fittedPlanes(i420, { width: 2, height: 1 }, false)]).toEqual(small);
  // Its colours lie in one plane, in turn.
  const packed = {
    ...i420,
    format: planeFormats[1] ?? "",
    data: Uint8Array.of(1, 2, 3, 4, 0, 5, 6, 7, 8, 0, 50, 60, 51, 61),
    layout: [
      { offset: 0, stride: 5 },
      { offset: 10, stride: 4 },
    ],
  };
  expect([...fittedPlanes(packed, { width: 2, height: 1 }, false)]).toEqual(small);
  expect([...fittedPlanes(packed, { width: 4, height: 2 }, false)]).toEqual([...i420.data]);
});

test("[CA260] of another shape it stands in the middle, and beside it is the black of its own range", () => {
  const high = (isFull: boolean) => [...fittedPlanes(i420, { width: 4, height: 6 }, isFull)];
  const black = (of: number) => Array.from({ length: 8 }, () => of);
  expect(high(false).slice(0, 24)).toEqual([...black(16), 1, 2, 3, 4, 5, 6, 7, 8, ...black(16)]);
  expect(high(true).slice(0, 8)).toEqual(black(0));
  expect(high(false).slice(24)).toEqual([128, 128, 50, 51, 128, 128, 128, 128, 60, 61, 128, 128]);
});
