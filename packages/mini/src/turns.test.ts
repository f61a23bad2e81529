/** Turns: how much of what a program draws is drawn at once (docs/spec/programs.md PR59). */
import { expect, test } from "bun:test";
import { turns } from "./view/turns.ts";

/** A clock that each op drawn moves on, and each layout, and turns that are run by hand. */
function turning(msAnOp: number, msALayout = 0) {
  const state = { ms: 0, drawn: 0, layouts: 0, messages: 0, isEnded: false, read: [] as unknown[] };
  const soon: (() => void)[] = [];
  const later: { readonly go: () => void; readonly ms: number }[] = [];
  const take = turns({
    now: () => state.ms,
    soon: (then) => soon.push(then),
    later: (go, ms) => later.push({ go, ms }),
    draw(op) {
      if (op[0] === "cut") return steps(op[2]);
      state.drawn += 1;
      state.ms += msAnOp;
      return undefined;
    },
    layOut() {
      state.layouts += 1;
      state.ms += msALayout;
    },
    drawn() {
      state.messages += 1;
    },
    read: (message) => state.read.push([state.drawn, message]),
    end() {
      state.isEnded = true;
    },
  });
  function* steps(count: number) {
    for (let at = 0; at < count; at += 1) {
      state.drawn += 1;
      state.ms += msAnOp;
      yield;
    }
  }
  const ops = (count: number) =>
    ({ kind: "ops", ops: Array.from({ length: count }, () => ["top", 1] as const) }) as const;
  return { state, soon, later, take, ops };
}

test("[PR59] what a program draws is drawn in turns, in order, and after a while each is followed by a pause", () => {
  const { state, soon, later, take, ops } = turning(0.25);
  take(ops(4));
  expect([state.drawn, state.messages, soon.length]).toEqual([4, 1, 0]);
  // A turn of eight milliseconds is thirty-two such ops.
  take(ops(1_000));
  take({ kind: "measure", of: [[1, 1, "box"]] });
  expect([state.drawn, state.messages]).toEqual([36, 1]);
  while (soon.length > 0) soon.shift()?.();
  // A hundred and fifty milliseconds of a second are over.
  expect(state.ms).toBeGreaterThan(150);
  expect(state.drawn).toBeLessThan(700);
  expect(later.map(({ ms }) => ms)).toEqual([8]);
  while (later.length > 0) {
    const [one] = later.splice(0, 1);
    state.ms += one?.ms ?? 0;
    one?.go();
    expect(soon).toEqual([]);
  }
  expect([state.drawn, state.messages]).toEqual([1_004, 2]);
  expect(state.read).toEqual([[1_004, { kind: "measure", of: [[1, 1, "box"]] }]]);
  // The next second has its own.
  state.ms += 1_001;
  take(ops(40));
  expect([soon.length, later.length]).toEqual([1, 0]);
});

test("[PR59] a program of which too much waits to be drawn is ended, and nothing more of it is taken", () => {
  const { state, soon, take, ops } = turning(1);
  take(ops(60_000));
  take(ops(30_000));
  expect(state.isEnded).toBe(false);
  take(ops(30_000));
  expect(state.isEnded).toBe(true);
  const { drawn } = state;
  soon.shift()?.();
  take(ops(1));
  expect(state.drawn).toBe(drawn);
});

test("[PR59] an op that takes many elements away goes on in later turns, before the next op", () => {
  const { state, soon, later, take } = turning(3);
  take({
    kind: "ops",
    ops: [
      ["cut", 1, 6],
      ["top", 1],
    ],
  });
  expect([state.drawn, state.messages, soon.length]).toEqual([3, 0, 1]);
  soon.shift()?.();
  expect([state.drawn, state.messages]).toEqual([6, 0]);
  soon.shift()?.();
  expect([state.drawn, state.messages, state.layouts]).toEqual([7, 1, 3]);
  expect([soon.length, later.length]).toEqual([0, 0]);
});

test("[PR59] the layout of a turn is of its time, and after a long one nothing is drawn for four times as long", () => {
  const { state, later, take, ops } = turning(0, 60);
  take(ops(1));
  expect([state.drawn, state.layouts, later.map(({ ms }) => ms)]).toEqual([1, 1, [240]]);
  // What comes meanwhile waits, and is laid out at once.
  take(ops(1));
  take(ops(1));
  expect(state.drawn).toBe(1);
  state.ms += 240;
  later.shift()?.go();
  expect([state.drawn, state.layouts]).toEqual([3, 2]);
  // With nothing waiting the pause ends, and the next is drawn at once.
  state.ms += 240;
  later.shift()?.go();
  expect(later).toEqual([]);
  take(ops(1));
  expect([state.drawn, state.layouts]).toEqual([4, 3]);
});
