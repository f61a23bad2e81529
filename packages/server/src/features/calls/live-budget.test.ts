import { expect, test } from "bun:test";
import { type Bytes, liveLimits } from "@yanshu/wire";
import { ManualClock } from "../../testkit/clock.ts";
import { LiveBudget } from "./live-budget.ts";
import { LiveRoom } from "./live-room.ts";

const mebibyte = 1024 * 1024;

function piece(
  room: LiveRoom<number>,
  layer: number,
  parts: number,
  partBytes: number,
  fromMs: number,
  isHead = false,
) {
  for (let n = 0; n < parts; n++)
    room.show(
      { layer, isFirst: n === 0, isLast: n === parts - 1, isHead, bytes: new Uint8Array(partBytes) },
      fromMs + n * 40,
    );
}

/** Shows two layers, each a head, a whole piece and one that comes, as large as may be. */
function fill(room: LiveRoom<number>, budget: LiveBudget, fromMs: number): number {
  const before = budget.keptBytes;
  for (const [n, layer] of [0, 1].entries()) {
    piece(room, layer, 4, 15 * 1024, fromMs + n * 10_000, true);
    piece(room, layer, 68, 15 * 1024, fromMs + n * 10_000 + 1_000);
    piece(room, layer, 68, 15 * 1024, fromMs + n * 10_000 + 4_000);
  }
  return budget.keptBytes - before;
}

function watching(room: LiveRoom<number>, one: number, nowMs: number): { bytes: number } {
  const got = { bytes: 0 };
  const send = (frame: Bytes) => {
    got.bytes += frame.length;
  };
  room.came(one, { send, unread: () => 0 }, nowMs);
  return got;
}

test("[CA187] what all Lives of one place keep is bounded; beyond it pieces are handed on to who is there, and kept no more", () => {
  const budget = new LiveBudget(1e12, { prefix: 4 * mebibyte, all: 8 * mebibyte });
  const rooms = Array.from({ length: 20 }, () => new LiveRoom<number>(budget, new ManualClock(), "a"));
  for (const [n, room] of rooms.entries()) fill(room, budget, n * 30_000);
  expect(budget.keptBytes).toBeGreaterThan(2 * mebibyte);
  expect(budget.keptBytes).toBeLessThanOrEqual(4 * mebibyte);
  const last = rooms[19] as LiveRoom<number>;
  const got = watching(last, 1, 900_000);
  const head = got.bytes;
  expect(head).toBeLessThan(100 * 1024);
  piece(last, 1, 68, 15 * 1024, 900_000);
  expect(got.bytes - head).toBeGreaterThan(68 * 15 * 1024);
  for (const room of rooms) room.forget();
  expect(budget.keptBytes).toBe(0);
});

test("[CA187] where all is full, the place that keeps most makes way for one that keeps less", () => {
  const budget = new LiveBudget(1e12, { prefix: 6 * mebibyte, all: 8 * mebibyte });
  for (const place of ["a", "a", "a", "b", "b"])
    fill(new LiveRoom<number>(budget, new ManualClock(), place), budget, 0);
  const room = new LiveRoom<number>(budget, new ManualClock(), "c");
  fill(room, budget, 100_000);
  expect(budget.keptBytes).toBeLessThanOrEqual(8 * mebibyte);
  expect(watching(room, 1, 200_000).bytes).toBeGreaterThan(mebibyte / 2);
});

test("[CA187] a head has 68 KiB, and a piece of a million tiny parts is refused", () => {
  const budget = new LiveBudget(1e12);
  const room = new LiveRoom<number>(budget, new ManualClock(), "a");
  piece(room, 1, 6, liveLimits.partBytesMax, 0, true);
  expect(watching(room, 1, 1_000).bytes).toBe(0);
  piece(room, 1, 4, liveLimits.partBytesMax, 10_000, true);
  piece(room, 1, 10_000, 1, 20_000);
  expect(budget.keptBytes).toBe(0);
});

test("[CA188] one Live that shows and says all it can leaves another its share, of the same second", () => {
  const budget = new LiveBudget(25_000_000);
  const [bad, good] = [
    new LiveRoom<number>(budget, new ManualClock(), "a"),
    new LiveRoom<number>(budget, new ManualClock(), "b"),
  ];
  piece(good, 1, 1, 15 * 1024, 0, true);
  const badGot = Array.from({ length: 300 }, (_, n) => watching(bad, n, 0));
  const got = watching(good, 1, 0);
  const begun = got.bytes;
  for (let ms = 1_000; ms < 11_000; ms += 1_000) {
    for (let n = 0; n < 30; n++) bad.say(new Uint8Array(15 * 1024), ms + n);
    for (let n = 0; n < 10; n++) piece(good, 1, 1, 15 * 1024, ms + 50 + n * 50);
  }
  expect(got.bytes - begun).toBeGreaterThanOrEqual(100 * 15 * 1024);
  // Of ten seconds: never more than all of it, but for what was on its way.
  expect(badGot.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(11 * 25_000_000);
});

test("[CA188] ten Lives of one place have the share of one place, and what others leave", () => {
  const budget = new LiveBudget(1_000_000);
  const many = Array.from({ length: 10 }, () => new LiveRoom<number>(budget, new ManualClock(), "a"));
  const one = new LiveRoom<number>(budget, new ManualClock(), "b");
  const ofMany = many.map((room) => watching(room, 1, 0));
  const ofOne = watching(one, 1, 0);
  const sum = () => ofMany.reduce((all, { bytes }) => all + bytes, 0);
  const second = (ms: number, isBoth: boolean) => {
    for (let n = 0; n < 200; n++) {
      for (const room of many) room.say(new Uint8Array(10_000), ms);
      if (isBoth) one.say(new Uint8Array(10_000), ms);
    }
  };
  second(1_000, true);
  second(2_000, true);
  const [manyBefore, oneBefore] = [sum(), ofOne.bytes];
  second(3_000, true);
  const [manyNow, oneNow] = [sum() - manyBefore, ofOne.bytes - oneBefore];
  expect(manyNow / oneNow).toBeGreaterThan(0.6);
  expect(manyNow / oneNow).toBeLessThan(1.7);
  second(4_000, false);
  const alone = sum();
  second(5_000, false);
  expect(sum() - alone).toBeGreaterThan(900_000);
});
