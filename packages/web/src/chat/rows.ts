/**
 * Rows: what a conversation shows, item by item, and what stands above each. Pure.
 *
 * A time stands wherever more than five minutes passed or a day began; messages of one person
 * within three minutes belong together and share one face and name.
 */
import type { TimelineItem } from "@yanshu/client";

/** One item, and what stands above it. The same object for as long as nothing of it changes. */
export type Row = {
  readonly item: TimelineItem;
  readonly isTimed: boolean;
  /** The line of new messages stands above it. */
  readonly isFirstNew: boolean;
  readonly continues: boolean;
  /** Above it begins what somebody handed over of before one came, or ends. */
  readonly handed: "begins" | "ends" | undefined;
};

/** How many items a conversation opens with. */
export const pageItems = 60;
const timeGapMs = 5 * 60_000;
const togetherMs = 3 * 60_000;

/** A row, and what it was made of: thousands are asked for again with each page that comes. */
type Known = {
  readonly row: Row;
  readonly previous: TimelineItem | undefined;
  readonly firstUnread: number | undefined;
  readonly isWhole: boolean;
};
const known = new WeakMap<TimelineItem, Known>();

/** @param isWhole the first of them has nothing before it. */
export function rowsOf(items: readonly TimelineItem[], firstUnread: number | undefined, isWhole: boolean): Row[] {
  let previous: TimelineItem | undefined;
  return items.map((item) => {
    const row = rowOf(item, previous, firstUnread, isWhole);
    previous = item;
    return row;
  });
}

function rowOf(
  item: TimelineItem,
  previous: TimelineItem | undefined,
  firstUnread: number | undefined,
  isWhole: boolean,
): Row {
  const before = known.get(item);
  if (
    before !== undefined &&
    before.previous === previous &&
    before.firstUnread === firstUnread &&
    before.isWhole === isWhole
  )
    return before.row;
  const row = sameRow(before?.row, madeRow(item, previous, firstUnread, isWhole));
  known.set(item, { row, previous, firstUnread, isWhole });
  return row;
}

function sameRow(before: Row | undefined, row: Row): Row {
  const { isTimed, isFirstNew, continues, handed } = row;
  const isSame = before?.isTimed === isTimed && before.isFirstNew === isFirstNew && before.continues === continues;
  return isSame && before.handed === handed ? before : row;
}

function madeRow(
  item: TimelineItem,
  previous: TimelineItem | undefined,
  firstUnread: number | undefined,
  isWhole: boolean,
): Row {
  const isTimed =
    previous === undefined || item.atMs - previous.atMs > timeGapMs || !isSameDay(item.atMs, previous.atMs);
  const isFirstNew =
    firstUnread !== undefined &&
    item.order >= firstUnread &&
    (previous === undefined ? isWhole || item.order === firstUnread : previous.order < firstUnread);
  const handed = handedAbove(item, previous, isWhole);
  const continues =
    !isTimed && !isFirstNew && handed === undefined && previous !== undefined && belongs(item, previous);
  return { item, isTimed, isFirstNew, continues, handed };
}

/** Who comes at the first row that was read does not know what stands before it. */
function handedAbove(item: TimelineItem, previous: TimelineItem | undefined, isWhole: boolean): Row["handed"] {
  const by = item.handedBy?.account;
  if (previous === undefined) return by !== undefined && isWhole ? "begins" : undefined;
  if (by === previous.handedBy?.account) return undefined;
  return by === undefined ? "ends" : "begins";
}

function belongs(item: TimelineItem, previous: TimelineItem): boolean {
  return (
    item.body.kind === "text" &&
    previous.body.kind === "text" &&
    item.from.account === previous.from.account &&
    item.atMs - previous.atMs < togetherMs
  );
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).setHours(0, 0, 0, 0) === new Date(b).setHours(0, 0, 0, 0);
}

/** Where the row with this `order` stands, or the first after it. */
export function placeOf(rows: readonly Row[], order: number): number {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rows[middle]?.item.order ?? 0) < order) from = middle + 1;
    else to = middle;
  }
  return from;
}
