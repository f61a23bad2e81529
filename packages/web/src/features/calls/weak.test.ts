import { expect, test } from "bun:test";
import { bufferMs, fair, type Level, lossBetween, noVoice, type Weak, type Weather, weakStep } from "./weak.ts";

const clear: Weather = { outBps: 2_000_000, outLoss: 0, inLoss: 0, rttMs: 40 };

/** The levels of each second. */
function levels(sky: readonly Partial<Weather>[], hasPicture = true, from: Weak = fair): Level[] {
  let weak = from;
  return sky.map((one, second) => {
    weak = weakStep(weak, { ...clear, ...one }, hasPicture, second * 1_000);
    return weak.level;
  });
}

const twice = (sky: Partial<Weather>) => levels([sky, sky]);

test("[CA124] the picture is made small, then left out, before voice suffers, by what the way carries in two seconds in a row", () => {
  for (const [outBps, level] of [
    [undefined, "all"],
    [250_000, "all"],
    [249_000, "small"],
    [130_000, "small"],
    [129_000, "voice"],
    [50_000, "voice"],
    [49_000, "least"],
  ] as const)
    expect(twice({ outBps })).toEqual(["all", level]);
  expect(twice({ outLoss: 0.11 })).toEqual(["all", "voice"]);
  expect(twice({ outLoss: 0.1 })).toEqual(["all", "all"]);
  expect(twice({ rttMs: 701 })).toEqual(["all", "voice"]);
  expect(twice({ rttMs: 800, outBps: 40_000 })).toEqual(["all", "least"]);
  // One bad second is chance, and of two in a row the better counts.
  expect(levels([{ outLoss: 0.2 }, {}, { outLoss: 0.2 }, {}])).toEqual(Array(4).fill("all"));
  expect(levels([{ outBps: 40_000 }, { outBps: 200_000 }])).toEqual(["all", "small"]);
});

test("[CA124] it comes back a step at a time, after fifteen seconds of calm each, and one bad second begins them anew", () => {
  const calm = (seconds: number) => Array.from({ length: seconds }, () => ({}));
  const bad = { outBps: 60_000 };
  const back = levels([bad, bad, ...calm(40)]).slice(1);
  expect([back.indexOf("small"), back.indexOf("all")]).toEqual([16, 32]);
  expect(back.slice(0, 16)).toEqual(Array(16).fill("voice"));
  const broken = levels([bad, bad, ...calm(10), { outLoss: 0.2 }, ...calm(16)]).slice(1);
  expect(broken.slice(0, 27)).toEqual(Array(27).fill("voice"));
  expect(broken.at(-1)).toBe("small");
});

test("[CA124] where more was too much it is tried again after twice as long, two minutes at most", () => {
  let weak = fair;
  let second = 0;
  const rises: number[] = [];
  for (let round = 0; round < 6; round++) {
    for (let bad = 0; bad < 2; bad++) weak = weakStep(weak, { ...clear, outBps: 60_000 }, true, second++ * 1_000);
    const fellAt = second;
    while (weak.level === "voice") weak = weakStep(weak, clear, true, second++ * 1_000);
    rises.push(second - fellAt);
  }
  expect(rises).toEqual([16, 31, 61, 121, 121, 121]);
});

test("[CA124] a call of voice alone is not taken for a weak one because little is sent", () => {
  expect(levels([{ outBps: 90_000 }, { outBps: 90_000 }], false)).toEqual(["all", "all"]);
  expect(levels([{ outBps: 40_000 }, { outBps: 40_000 }], false)).toEqual(["all", "least"]);
});

test("[CA125] voice is sent twice once more than 3 % of it was lost two seconds in a row, until it was calm for fifteen seconds", () => {
  let weak = fair;
  const at = (inLoss: number, second: number) => {
    weak = weakStep(weak, { ...clear, inLoss }, true, second * 1_000);
    return weak.isLossy;
  };
  expect(at(0.03, 0)).toBe(false);
  expect(at(0.031, 1)).toBe(false);
  expect(at(0.02, 2)).toBe(false);
  expect([at(0.031, 3), at(0.031, 4)]).toEqual([false, true]);
  expect(at(0.02, 5)).toBe(true);
  for (let second = 6; second < 21; second++) expect(at(0.005, second)).toBe(true);
  expect(bufferMs(weak, { ...clear, rttMs: 160 })).toBe(260);
  expect(at(0.005, 21)).toBe(false);
  expect(bufferMs(weak, clear)).toBeNull();
});

test("[CA251] a packet that came by being asked for again was lost by the network all the same", () => {
  const before = { received: 1_000, lost: 4, asked: 20, sent: 900, askedBack: 10 };
  const since = (of: Partial<typeof before>) => lossBetween(before, { ...before, ...of });
  expect(since({ received: 1_050 })).toEqual({ into: 0, out: 0 });
  // Ten of fifty were asked for, and all came: the browser counts none as lost.
  expect(since({ received: 1_050, asked: 30 })).toEqual({ into: 0.2, out: 0 });
  // Without such asking the browser's count is what there is; of both the greater counts.
  expect(since({ received: 1_040, lost: 14 })).toEqual({ into: 0.2, out: 0 });
  expect(since({ received: 1_049, lost: 5, asked: 30 }).into).toBe(0.2);
  expect(since({ sent: 950, askedBack: 15 })).toEqual({ into: 0, out: 0.1 });
  // One packet is asked for again and again; a count that falls says nothing.
  expect(since({ received: 1_010, asked: 60 }).into).toBe(1);
  expect(since({ received: 1_050, lost: 1, asked: 0 })).toEqual({ into: 0, out: 0 });
  expect(lossBetween(noVoice, noVoice)).toEqual({ into: 0, out: 0 });
});
