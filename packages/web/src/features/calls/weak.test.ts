import { expect, test } from "bun:test";
import { bufferMs, fair, type Level, type Weak, type Weather, weakStep } from "./weak.ts";

const clear: Weather = { outBps: 2_000_000, outLoss: 0, inLoss: 0, rttMs: 40 };

/** The levels of each second. */
function levels(sky: readonly Partial<Weather>[], hasPicture = true, from: Weak = fair): Level[] {
  let weak = from;
  return sky.map((one, second) => {
    weak = weakStep(weak, { ...clear, ...one }, hasPicture, second * 1_000);
    return weak.level;
  });
}

test("[CA124] the picture is made small, then left out, before voice suffers, at once and by what the way carries", () => {
  for (const [outBps, level] of [
    [undefined, "all"],
    [250_000, "all"],
    [249_000, "small"],
    [130_000, "small"],
    [129_000, "voice"],
    [50_000, "voice"],
    [49_000, "least"],
  ] as const)
    expect(levels([{ outBps }])).toEqual([level]);
  expect(levels([{ outLoss: 0.11 }])).toEqual(["voice"]);
  expect(levels([{ outLoss: 0.1 }])).toEqual(["all"]);
  expect(levels([{ rttMs: 701 }])).toEqual(["voice"]);
  expect(levels([{ rttMs: 800, outBps: 40_000 }])).toEqual(["least"]);
});

test("[CA124] it comes back a step at a time, after fifteen seconds of calm each, and one bad second begins them anew", () => {
  const calm = (seconds: number) => Array.from({ length: seconds }, () => ({}));
  const back = levels([{ outBps: 60_000 }, ...calm(40)]);
  expect([back.indexOf("small"), back.indexOf("all")]).toEqual([16, 32]);
  expect(back.slice(0, 16)).toEqual(Array(16).fill("voice"));
  const broken = levels([{ outBps: 60_000 }, ...calm(10), { outLoss: 0.2 }, ...calm(16)]);
  expect(broken.slice(0, 27)).toEqual(Array(27).fill("voice"));
  expect(broken.at(-1)).toBe("small");
});

test("[CA124] where more was too much it is tried again after twice as long, two minutes at most", () => {
  let weak = fair;
  let second = 0;
  const rises: number[] = [];
  for (let round = 0; round < 6; round++) {
    weak = weakStep(weak, { ...clear, outBps: 60_000 }, true, second++ * 1_000);
    const fellAt = second;
    while (weak.level === "voice") weak = weakStep(weak, clear, true, second++ * 1_000);
    rises.push(second - fellAt);
  }
  expect(rises).toEqual([16, 31, 61, 121, 121, 121]);
});

test("[CA124] a call of voice alone is not taken for a weak one because little is sent", () => {
  expect(levels([{ outBps: 90_000 }, { outBps: 90_000 }], false)).toEqual(["all", "all"]);
  expect(levels([{ outBps: 40_000 }], false)).toEqual(["least"]);
});

test("[CA125] voice is sent twice while more than 3 % of it is lost, and until it was calm for fifteen seconds", () => {
  let weak = fair;
  const at = (inLoss: number, second: number) => {
    weak = weakStep(weak, { ...clear, inLoss }, true, second * 1_000);
    return weak.isLossy;
  };
  expect(at(0.03, 0)).toBe(false);
  expect(at(0.031, 1)).toBe(true);
  expect(at(0.02, 2)).toBe(true);
  for (let second = 3; second < 18; second++) expect(at(0.005, second)).toBe(true);
  expect(bufferMs(weak, { ...clear, rttMs: 160 })).toBe(260);
  expect(at(0.005, 18)).toBe(false);
  expect(bufferMs(weak, clear)).toBeNull();
});
