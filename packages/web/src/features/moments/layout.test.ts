/** How posts stand on the screen. */
import { expect, test } from "bun:test";
import type { MomentView } from "@yanshu/client";
import fc from "fast-check";
import { agoOf, byMonth, columnsOf, hoursLeft, isFirstOfDay, mayFold, moved, shapeAlone } from "./layout.ts";
import { moodGroups, moods } from "./moods.ts";
import { joined } from "./use-pages.ts";
import { messages } from "./words.ts";

test("[WE107] [F-2b-2] one picture stands alone, two and four two abreast, all others three abreast", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 20].map(columnsOf)).toEqual([1, 2, 3, 2, 3, 3, 3, 3, 3, 3, 3]);
});

test("[WE109] a text is measured where it may need more than six lines in the largest type, and else not", () => {
  expect(["", "今天的早饭是豆浆油条。", "一\n二\n三\n四\n五\n六", "字".repeat(48)].map(mayFold)).toEqual(
    Array(4).fill(false),
  );
  expect(["字".repeat(49), "一\n二\n三\n四\n五\n六\n七", `\n\n\n\n${"字".repeat(17)}`].map(mayFold)).toEqual(
    Array(3).fill(true),
  );
});

test("[WE107] a picture alone keeps its shape within 4:5 and 16:9, whatever its sender says of it", () => {
  expect(shapeAlone({ width: 1_000, height: 1_000 }, 180)).toEqual({ width: 180, height: 180 });
  expect(shapeAlone({ width: 1_600, height: 1_200 }, 180)).toEqual({ width: 180, height: 135 });
  expect(shapeAlone({ width: 9, height: 4_000 }, 180)).toEqual({ width: 144, height: 180 });
  expect(shapeAlone({ width: 4_000, height: 9 }, 180)).toEqual({ width: 180, height: 101 });
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (width, height) => {
      const shape = shapeAlone({ width, height }, 180);
      expect(Math.max(shape.width, shape.height)).toBe(180);
      expect(Math.min(shape.width, shape.height)).toBeGreaterThanOrEqual(101);
    }),
  );
});

test("[WE109] a post of today is told by how long ago it was, one of another day by its day", () => {
  const now = new Date(2026, 10, 28, 15, 0).getTime();
  const before = (minutes: number) => agoOf(now - minutes * 60_000, now);
  expect(before(0)).toEqual({ words: "moments.now", n: 0 });
  expect(before(5)).toEqual({ words: "moments.minutes", n: 5 });
  expect(before(119)).toEqual({ words: "moments.hours", n: 1 });
  expect(before(14 * 60)).toEqual({ words: "moments.hours", n: 14 });
  expect(before(16 * 60)).toBeUndefined();
  // A minute before midnight was yesterday, and yet half an hour ago.
  const night = new Date(2026, 10, 28, 0, 20).getTime();
  expect(agoOf(night - 30 * 60_000, night)).toEqual({ words: "moments.minutes", n: 30 });
  expect(agoOf(now + 86_400_000, now)).toEqual({ words: "moments.now", n: 0 });
});

test("[WE113] what is gone after a day says how many hours are left of it", () => {
  expect([0, 1, 3_600_000, 3_600_001, 86_400_000].map((ms) => hoursLeft(ms, 0))).toEqual([0, 1, 1, 2, 24]);
  expect(hoursLeft(0, 5)).toBe(0);
  expect(hoursLeft(86_400_000, -30_000)).toBe(24);
});

test("[WE111] posts gather by month, and the first of a day says which day it is", () => {
  const at = (month: number, day: number, hour: number) => ({ atMs: new Date(2026, month, day, hour).getTime() });
  const rows = [at(10, 28, 9), at(10, 28, 8), at(10, 2, 1), at(9, 30, 12)];
  expect(byMonth(rows).map(({ month, rows: found }) => [month, found.length])).toEqual([
    [11, 3],
    [10, 1],
  ]);
  expect(rows.map((_, place) => isFirstOfDay(rows, place))).toEqual([true, false, true, true]);
  expect(byMonth([])).toEqual([]);
});

const inOrder = (list: readonly number[]) => [...list].sort((one, other) => one - other);

test("[WE108] a picture that is moved loses none of the others", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  fc.assert(
    fc.property(
      fc.array(fc.nat()),
      fc.integer({ min: -2, max: 9 }),
      fc.integer({ min: -2, max: 9 }),
      (list, from, to) => expect(inOrder(moved(list, from, to))).toEqual(inOrder(list)),
    ),
  );
});

test("[WE109] pages that overlap show each post once, the newest first, as the first page has it", () => {
  const post = (id: string, atMs: number, text = "") => ({ id, atMs, text }) as MomentView;
  const pages = [
    { posts: [post("d", 4), post("c", 3, "liked")], hasMore: true },
    undefined,
    { posts: [post("c", 3, "as it was"), post("b", 2), post("a", 2)], hasMore: false },
  ];
  expect(joined(pages).map(({ id }) => id)).toEqual(["d", "c", "b", "a"]);
  expect(joined(pages)[1]?.text).toBe("liked");
  expect(joined([undefined])).toEqual([]);
});

test("[WE113] each mood stands in the picker once, and has its word in each language", () => {
  const picked = moodGroups.flatMap((group) => [...group.moods]);
  expect([...picked].sort()).toEqual(Object.keys(moods).sort() as typeof picked);
  for (const words of Object.values(messages)) for (const mood of picked) expect(words[`mood.${mood}`]).toBeString();
});
