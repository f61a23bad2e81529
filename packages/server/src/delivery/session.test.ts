/** What a session owes: pushes in the order in which they were sent, whose ids need not rise. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Session } from "./session.ts";

function sent(...ids: readonly number[]): Session {
  const session = new Session(1, 2, { sink: {} as never, end: () => undefined });
  for (const id of ids) session.sent(id, false);
  return session;
}

function acked(session: Session, first: number, last: number): readonly number[] {
  const taken: number[] = [];
  session.acked({ first, last }, (id) => taken.push(id));
  return taken;
}

test("[DS20] an acknowledgement names pushes that followed one another, whatever lies between their ids", () => {
  const session = sent(500, 20, 510, 30, 520);
  // 30 lies between 20 and 510, and was sent after both.
  expect(acked(session, 20, 510)).toEqual([20, 510]);
  expect(session.unacked).toEqual([500, 30, 520]);
  expect(acked(session, 500, 30)).toEqual([500, 30]);
  expect(session.unacked).toEqual([520]);
});

test("[DS20] where one end was acknowledged before, nothing between is taken that was not named", () => {
  const session = sent(500, 20, 510, 30);
  expect(acked(session, 500, 500)).toEqual([500]);
  expect(acked(session, 500, 510)).toEqual([510]);
  expect(acked(session, 7, 8)).toEqual([]);
  expect(session.unacked).toEqual([20, 30]);
});

test("[DS20] ids that rise are taken by their range, those that were acknowledged before included", () => {
  const session = sent(1, 2, 5, 9);
  expect(acked(session, 2, 4)).toEqual([2]);
  expect(acked(session, 1, 9)).toEqual([1, 5, 9]);
  expect(session.unacked).toEqual([]);
});

test("[DS19] what was sent three ticks ago and is still owed becomes rows, once, and what was sent since does not", () => {
  const session = sent(50, 10);
  for (const tick of [1, 2, 3]) expect([tick, session.becomeRows(session.age())]).toEqual([tick, []]);
  session.sent(60, false);
  acked(session, 50, 50);
  expect(session.becomeRows(session.age())).toEqual([10]);
  expect(session.becomeRows(session.age())).toEqual([]);
  const rows: [number, boolean][] = [];
  session.acked({ first: 10, last: 60 }, (id, isRow) => rows.push([id, isRow]));
  expect(rows).toEqual([
    [10, true],
    [60, false],
  ]);
});

test("[DS222] many ranges in one frame take what they take one after another, and leave the same", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 });
  const ends = fc.integer({ min: 0, max: 62 });
  const ranges = fc.array(fc.record({ first: ends, last: ends }), { maxLength: 30 });
  fc.assert(
    fc.property(ids, ranges, fc.nat(40), fc.nat(40), (all, named, rows, aged) => {
      const [one, many] = [sent(...all), sent(...all)];
      for (const session of [one, many]) {
        session.becomeRows(Math.min(rows, all.length));
        for (let i = 0; i < 3; i++) session.age();
        for (let i = 0; i < aged; i++) session.sent(100 + ((i * 7) % 41), false);
      }
      const taken: (readonly [number, boolean, number])[] = [];
      for (const [at, range] of named.entries()) one.acked(range, (id, isRow) => taken.push([id, isRow, at]));
      const together: (readonly [number, boolean, number])[] = [];
      many.ackedAll(named, (id, isRow, at) => together.push([id, isRow, at]));
      expect(together).toEqual(taken);
      expect([many.unacked, many.rows, many.age()]).toEqual([one.unacked, one.rows, one.age()]);
    }),
  );
});

test("[DS222] a frame of a thousand ranges looks at each push that was sent once, and not for each range", () => {
  const session = sent(...Array.from({ length: 4_000 }, (_, i) => (i % 2 === 0 ? 10_000 + i : i)));
  const { indexOf } = Array.prototype;
  let searches = 0;
  Array.prototype.indexOf = function counted(this: unknown[], ...of: [unknown, number?]) {
    searches++;
    return indexOf.apply(this, of);
  };
  try {
    const ranges = Array.from({ length: 1_000 }, (_, i) => ({ first: 3_999 - 2 * i, last: 3_999 - 2 * i }));
    session.ackedAll(ranges, () => undefined);
  } finally {
    Array.prototype.indexOf = indexOf;
  }
  expect(session.unacked).toHaveLength(3_000);
  expect(searches).toBe(0);
});
