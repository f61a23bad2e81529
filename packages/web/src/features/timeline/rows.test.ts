/** What a conversation shows, line by line. */
import { expect, test } from "bun:test";
import type { TimelineItem } from "@yanshu/client";
import { rowsOf } from "./rows.ts";

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
const kinds = (items: readonly TimelineItem[], firstUnread?: number) =>
  rowsOf(items, firstUnread).map((row) => (row.kind === "item" ? (row.continues ? "and" : "says") : row.kind));

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

test("[WE5] an empty conversation shows nothing", () => {
  expect(rowsOf([], undefined)).toEqual([]);
});
