/** How pictures of a post stand, when it was, and how posts gather by month. Pure. */
import type { MessageId } from "../../locales/i18n.ts";

/** So many pictures stand in a post; of more the last shown says how many there are besides. */
export const shownMax = 9;

/** One alone has its own shape, two and four stand two abreast, others three abreast. */
export function columnsOf(pictures: number): 1 | 2 | 3 {
  const shown = Math.min(pictures, shownMax);
  return shown === 1 ? 1 : shown === 2 || shown === 4 ? 2 : 3;
}

/** A picture that stands alone: its own shape, between 4:5 and 16:9, within a square of `max` points of the screen. */
export function shapeAlone({ width, height }: { readonly width: number; readonly height: number }, max: number) {
  const ratio = Math.min(16 / 9, Math.max(4 / 5, width > 0 && height > 0 ? width / height : 1));
  return ratio >= 1 ? { width: max, height: Math.round(max / ratio) } : { width: Math.round(max * ratio), height: max };
}

const [minuteMs, hourMs] = [60_000, 3_600_000];

/** By the calendar of the device. */
export function isSameDay(atMs: number, otherMs: number): boolean {
  return new Date(atMs).toDateString() === new Date(otherMs).toDateString();
}

/** When a post was, today: by how long ago. Undefined: by its day. A clock that runs ahead says “just now”. */
export function agoOf(atMs: number, nowMs: number): { readonly words: MessageId; readonly n: number } | undefined {
  const ms = Math.max(0, nowMs - atMs);
  if (ms < minuteMs) return { words: "moments.now", n: 0 };
  if (ms < hourMs) return { words: "moments.minutes", n: Math.floor(ms / minuteMs) };
  return isSameDay(atMs, nowMs) ? { words: "moments.hours", n: Math.floor(ms / hourMs) } : undefined;
}

/**
 * Hours of a day until `untilMs`, begun ones counted; 0 once it is over. The clock on the screen may be a minute late.
 */
export function hoursLeft(untilMs: number, nowMs: number): number {
  return Math.min(24, Math.max(0, Math.ceil((untilMs - nowMs) / hourMs)));
}

export type Dated = { readonly atMs: number };
export type Month<T> = { readonly year: number; readonly month: number; readonly rows: readonly T[] };

/** By the calendar of the device; rows and months keep the order that they come in. */
export function byMonth<T extends Dated>(rows: readonly T[]): readonly Month<T>[] {
  const months = new Map<string, { year: number; month: number; rows: T[] }>();
  for (const row of rows) {
    const at = new Date(row.atMs);
    const [year, month] = [at.getFullYear(), at.getMonth() + 1];
    const key = `${year} ${month}`;
    const known = months.get(key) ?? { year, month, rows: [] };
    known.rows.push(row);
    months.set(key, known);
  }
  return [...months.values()];
}

/** Whether a row is the first of its day: it alone says which day that is. */
export function isFirstOfDay(rows: readonly Dated[], place: number): boolean {
  const [here, before] = [rows[place], rows[place - 1]];
  if (here === undefined || before === undefined) return true;
  return !isSameDay(here.atMs, before.atMs);
}

/** The same list with the one at `from` at place `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const one = list[from];
  if (one === undefined || to < 0 || to >= list.length) return list;
  const rest = list.filter((_, place) => place !== from);
  return [...rest.slice(0, to), one, ...rest.slice(to)];
}
