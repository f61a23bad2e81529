/** What a conversation shows, line by line. */
import { expect, test } from "bun:test";
import type { TimelineItem } from "@yanshu/client";
import { placeOf, type Row, rowsOf } from "./rows.ts";

const noon = new Date(2026, 10, 24, 12, 0).getTime();
const face = { seal: "陈", pigment: 1 };
let order = 0;

function says(account: string, minutes: number): TimelineItem {
  order += 1;
  return {
    id: `item ${order}`,
    order,
    atMs: noon + minutes * 60_000,
    from: { account, name: account, isMe: false, face },
    mine: false,
    state: "sent",
    body: { kind: "text", text: "好" },
  };
}
const kinds = (items: readonly TimelineItem[], firstUnread?: number, isWhole = true) =>
  rowsOf(items, firstUnread, isWhole).flatMap(({ isTimed, isFirstNew, continues }) => [
    ...(isTimed ? ["time"] : []),
    ...(isFirstNew ? ["new"] : []),
    continues ? "and" : "says",
  ]);

test("[WE5] messages of one person within three minutes belong together", () => {
  expect(kinds([says("ma", 0), says("ma", 2), says("pa", 3), says("ma", 4)])).toEqual([
    "time",
    "says",
    "and",
    "says",
    "says",
  ]);
});

test("[WE5] a time line stands where more than five minutes passed", () => {
  expect(kinds([says("ma", 0), says("ma", 5), says("ma", 11)])).toEqual(["time", "says", "says", "time", "says"]);
});

test("[WE5] a new day gets a time line though two minutes passed", () => {
  const midnight = 12 * 60;
  expect(kinds([says("ma", midnight - 1), says("ma", midnight + 1)])).toEqual(["time", "says", "time", "says"]);
});

test("[WE5] the line of new messages stands once, before the first unread, also when that one is gone", () => {
  const items = [says("ma", 0), says("ma", 1), says("ma", 2)];
  expect(kinds(items, items[1]?.order)).toEqual(["time", "says", "new", "says", "and"]);
  expect(
    kinds(
      [items[0], items[2]].filter((item) => item !== undefined),
      items[1]?.order,
    ),
  ).toEqual(["time", "says", "new", "says"]);
});

test("[WE5] no line of new messages stands at the oldest that was read so far, unless nothing is older", () => {
  const items = [says("ma", 0), says("ma", 1)];
  const before = (items[0]?.order ?? 0) - 1;
  expect(kinds(items, before, false)).toEqual(["time", "says", "and"]);
  expect(kinds(items, before, true)).toEqual(["time", "new", "says", "and"]);
});

test("[GR32] a line stands where what was handed over begins and ends, and not at a page's edge", () => {
  const handing = { account: "ma", name: "妈妈", isMe: false };
  const before = [says("ma", 0), says("pa", 1), says("pa", 2)].map((item) => ({ ...item, handedBy: handing }));
  const items = [...before, says("pa", 3), says("pa", 4)];
  const lines = (isWhole: boolean) => rowsOf(items, undefined, isWhole).map(({ handed }) => handed);
  expect(lines(true)).toEqual(["begins", undefined, undefined, "ends", undefined]);
  expect(lines(false)).toEqual([undefined, undefined, undefined, "ends", undefined]);
  // What one heard does not go on where what was handed over ends.
  expect(rowsOf(items, undefined, true).map(({ continues }) => continues)).toEqual([false, false, true, false, true]);
});

test("[WE5] an empty conversation shows nothing", () => {
  expect(rowsOf([], undefined, true)).toEqual([]);
});

test("[WE5] a row stays the same object until something of it changes", () => {
  const items = [says("ma", 0), says("ma", 1), says("ma", 2)];
  const [first, second, third] = rowsOf(items, undefined, true);
  const later = rowsOf([...items, says("pa", 3)], items[1]?.order, true);
  expect(later[0]).toBe(first as Row);
  expect(later[1]).not.toBe(second as Row); // The line stands above it now.
  expect(later[2]).toBe(third as Row);
});

test("[WE5] a row is found by its order, and the next one where it is gone", () => {
  const items = [says("ma", 0), says("ma", 1), says("ma", 2)];
  const rows = rowsOf(
    items.filter((_, n) => n !== 1),
    undefined,
    true,
  );
  expect(items.map((item) => placeOf(rows, item.order))).toEqual([0, 1, 1]);
  expect(placeOf(rows, order + 1)).toBe(2);
});
