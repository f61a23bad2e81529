/**
 * Rows: what a conversation shows, line by line, made from its items. Pure.
 *
 * A time line stands wherever more than five minutes passed or a day began; messages of one person
 * within three minutes belong together and share one face and name.
 */
import type { TimelineItem } from "@yanshu/client";

export type Row =
  | { readonly kind: "time"; readonly key: string; readonly atMs: number }
  | { readonly kind: "new"; readonly key: string }
  | { readonly kind: "item"; readonly key: string; readonly item: TimelineItem; readonly continues: boolean };

const timeGapMs = 5 * 60_000;
const togetherMs = 3 * 60_000;

export function rowsOf(items: readonly TimelineItem[], firstUnread: number | undefined): Row[] {
  const rows: Row[] = [];
  let previous: TimelineItem | undefined;
  let isNewShown = false;
  for (const item of items) {
    let together = previous !== undefined;
    if (previous === undefined || item.atMs - previous.atMs > timeGapMs || !isSameDay(item.atMs, previous.atMs)) {
      rows.push({ kind: "time", key: `time ${item.id}`, atMs: item.atMs });
      together = false;
    }
    if (!isNewShown && firstUnread !== undefined && item.order >= firstUnread) {
      rows.push({ kind: "new", key: "new" });
      isNewShown = true;
      together = false;
    }
    const continues = together && previous !== undefined && belongs(item, previous);
    rows.push({ kind: "item", key: item.id, item, continues });
    previous = item;
  }
  return rows;
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
  return new Date(a).toDateString() === new Date(b).toDateString();
}
