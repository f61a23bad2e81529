/** What the tables of holes must do, in each database (docs/spec/delivery.md DS34, docs/spec/moments.md HO4). */
import { expect, test } from "bun:test";
import { type Bytes, concat } from "@yanshu/wire";
import { bytes, type LogUnderTest } from "../../log/log-contract.ts";
import { type HoleRow, holeBytes } from "./tables.ts";

/** Their starts differ by the first byte, and of `start` itself by the last of six. */
function nameOf(start: number, last = 0): Bytes {
  const name = bytes(start, 16);
  name[5] = last;
  return name;
}

const rowOf = (name: Bytes, value: Bytes, expiresDay: number, before?: number): HoleRow => ({
  name,
  value,
  expiresDay,
  before,
});

export function holeCases(open: () => LogUnderTest): void {
  test("[HO4] holes are kept under their names with their days, counted, found by how they begin, and dropped", () => {
    const { log, again } = open();
    const { moments } = log.features;
    expect(moments.totals()).toEqual({ holes: 0, bytes: 0 });
    const names = [nameOf(3), nameOf(1), nameOf(0xff), nameOf(2)];
    const sizes = [96, 4_096, 96, 128];
    const rows = names.map((name, i) => rowOf(name, bytes(i, sizes[i]), 100 + i));
    log.transaction(() => {
      expect(moments.held(names)).toEqual(names.map(() => undefined));
      moments.put(rows);
      expect(moments.held(names).map((held) => held?.expiresDay)).toEqual([100, 101, 102, 103]);
    });
    const there = again().features.moments;
    const all = sizes.reduce((sum, size) => sum + holeBytes(size), 0);
    expect(there.totals()).toEqual({ holes: 4, bytes: all });
    expect(there.held([nameOf(9), ...names])).toEqual([
      undefined,
      ...rows.map(({ value, expiresDay }) => ({ value, expiresDay })),
    ]);
    const starts = concat(...[nameOf(3), nameOf(3, 1), nameOf(0xff), nameOf(9)].map((name) => name.subarray(0, 6)));
    expect(there.found(starts, 99)).toEqual([0, 2]);
    expect(there.found(starts, 100)).toEqual([2]);
    expect(there.found(starts, 102)).toEqual([]);
    log.transaction(() => moments.put([rowOf(nameOf(3), bytes(7, 256), 200, 96)]));
    expect(moments.held([nameOf(3)])).toEqual([{ value: bytes(7, 256), expiresDay: 200 }]);
    expect(moments.totals()).toEqual({ holes: 4, bytes: all + 160 });
    log.transaction(() => moments.drop([nameOf(9), nameOf(3), nameOf(1)]));
    expect(moments.totals()).toEqual({ holes: 2, bytes: holeBytes(96) + holeBytes(128) });
    expect(moments.held(names).map((held) => held !== undefined)).toEqual([false, false, true, true]);
  });

  test("[HO4] of many names those are found that are there, each in its place", () => {
    const { log } = open();
    const { moments } = log.features;
    const names = Array.from({ length: 200 }, (_, i) => nameOf(i % 100, Math.floor(i / 100)));
    const isThere = (i: number) => i % 7 === 3 || (i > 100 && i < 180);
    const rows = names.flatMap((name, i) => (isThere(i) ? [rowOf(name, bytes(i, 96), 100 + i)] : []));
    log.transaction(() => moments.put(rows));
    const [first = nameOf(0)] = names;
    const held = moments.held([...names, first, first]).map((hole) => hole?.expiresDay);
    expect(held).toEqual([...names.map((_, i) => (isThere(i) ? 100 + i : undefined)), undefined, undefined]);
  });

  test("[HO4] what is over is swept some names at a time, and nothing else is", () => {
    const { log } = open();
    const { moments } = log.features;
    const names = Array.from({ length: 10 }, (_, i) => nameOf(20 + i));
    log.transaction(() => moments.put(names.map((name, i) => rowOf(name, bytes(i, 96), i % 2 === 0 ? 50 : 51))));
    let [after, steps]: [Bytes | undefined, number] = [new Uint8Array(0), 0];
    while (after !== undefined) {
      const from: Bytes = after;
      after = log.transaction(() => moments.sweep(from, 50, 3));
      steps++;
    }
    expect(steps).toBe(4);
    expect(moments.held(names).map((held) => held?.expiresDay)).toEqual(
      names.map((_, i) => (i % 2 === 0 ? undefined : 51)),
    );
    expect(moments.totals()).toEqual({ holes: 5, bytes: 5 * holeBytes(96) });
    expect(log.transaction(() => moments.sweep(new Uint8Array(0), 51, 100))).toBeUndefined();
    expect(log.transaction(() => moments.sweep(new Uint8Array(0), 51, 100))).toBeUndefined();
    expect(moments.totals()).toEqual({ holes: 0, bytes: 0 });
  });
}
