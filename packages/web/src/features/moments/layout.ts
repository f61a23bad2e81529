/** Layout of a post's pictures, the text of its time, and grouping by month. Pure. */
import type { MessageId } from "../../locales/i18n.ts";

/** Pictures shown in a post; with more, the last one shows how many are hidden. */
export const shownMax = 9;

/** Columns of the grid: 1 for one picture, 2 for two or four, else 3. */
export function columnsOf(pictures: number): 1 | 2 | 3 {
  const shown = Math.min(pictures, shownMax);
  return shown === 1 ? 1 : shown === 2 || shown === 4 ? 2 : 3;
}

/** Size of a single picture in CSS px: its aspect ratio, limited to 4:5 … 16:9, within a square of `max`. */
export function shapeAlone({ width, height }: { readonly width: number; readonly height: number }, max: number) {
  const ratio = Math.min(16 / 9, Math.max(4 / 5, width > 0 && height > 0 ? width / height : 1));
  return ratio >= 1 ? { width: max, height: Math.round(max / ratio) } : { width: Math.round(max * ratio), height: max };
}

/** Characters that a line holds at least, in the largest type on the smallest screen. */
const lineLengthMin = 8;
/** Lines of a post that are shown before somebody asks for the rest. */
const linesShown = 6;

/** Whether a text may need more lines than are shown, whatever the type; only then it is measured. */
export function mayFold(text: string): boolean {
  if (text.length > lineLengthMin * linesShown) return true;
  const lines = text.split("\n").map(({ length }) => Math.max(1, Math.ceil(length / lineLengthMin)));
  return lines.reduce((sum, one) => sum + one, 0) > linesShown;
}

const [minuteMs, hourMs] = [60_000, 3_600_000];

/** In the device's time zone. */
export function isSameDay(atMs: number, otherMs: number): boolean {
  return new Date(atMs).toDateString() === new Date(otherMs).toDateString();
}

/** The age of a post of today; undefined: older, so its day is shown. A post from the future is “just now”. */
export function agoOf(atMs: number, nowMs: number): { readonly words: MessageId; readonly n: number } | undefined {
  const ms = Math.max(0, nowMs - atMs);
  if (ms < minuteMs) return { words: "moments.now", n: 0 };
  if (ms < hourMs) return { words: "moments.minutes", n: Math.floor(ms / minuteMs) };
  return isSameDay(atMs, nowMs) ? { words: "moments.hours", n: Math.floor(ms / hourMs) } : undefined;
}

/**
 * Hours until `untilMs`, rounded up; 0 when it has passed. At most 24, because `nowMs` may be up to a minute late.
 */
export function hoursLeft(untilMs: number, nowMs: number): number {
  return Math.min(24, Math.max(0, Math.ceil((untilMs - nowMs) / hourMs)));
}

export type Dated = { readonly atMs: number };
export type Month<T> = { readonly year: number; readonly month: number; readonly rows: readonly T[] };

/** Groups rows by month in the device's time zone; keeps their order. */
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

/** Whether a row is the first of its day: only that one shows the date. */
export function isFirstOfDay(rows: readonly Dated[], place: number): boolean {
  const [here, before] = [rows[place], rows[place - 1]];
  if (here === undefined || before === undefined) return true;
  return !isSameDay(here.atMs, before.atMs);
}

/** The list with the element at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const one = list[from];
  if (one === undefined || to < 0 || to >= list.length) return list;
  const rest = list.filter((_, place) => place !== from);
  return [...rest.slice(0, to), one, ...rest.slice(to)];
}
