/**
 * Columns: what a picker offers, and what is chosen in each (docs/spec/programs.md PR63). Days and times depend on the
 * columns before them and on the limits that a program sets.
 */
export type Columns = { readonly rows: readonly (readonly string[])[]; readonly chosen: readonly number[] };

/** So many rows of a column are drawn, and so many columns. */
export const columnLimits = { rowsMax: 500, columnsMax: 5 } as const;

/** @param range texts, or values of which `key` names what is shown. */
export function listColumn(range: unknown, key: unknown): readonly string[] {
  if (!Array.isArray(range)) return [];
  return range.slice(0, columnLimits.rowsMax).map((one: unknown) => {
    const name = typeof key === "string" && key !== "" ? key : undefined;
    const shown = name !== undefined && typeof one === "object" && one !== null ? (one as never)[name] : one;
    return typeof shown === "string" || typeof shown === "number" ? `${shown}` : "";
  });
}

/** @param range a list for each column. @param value where each stands. */
export function listColumns(range: unknown, key: unknown, value: unknown): Columns {
  const lists: readonly unknown[] = Array.isArray(range) ? range.slice(0, columnLimits.columnsMax) : [];
  const rows = lists.map((list) => listColumn(list, key));
  const said: readonly unknown[] = Array.isArray(value) ? value : [];
  return { rows, chosen: rows.map((column, at) => within(Number(said[at]) || 0, 0, Math.max(0, column.length - 1))) };
}

const longMax = 9_999;
type Kind = "date" | "time";
const natural: Readonly<Record<Kind, { readonly from: readonly number[]; readonly to: readonly number[] }>> = {
  date: { from: [1900, 1, 1], to: [2100, 12, 31] },
  time: { from: [0, 0], to: [23, 59] },
};

/**
 * Columns of a day or a time.
 *
 * @param said `2026-11-30`, `2026-11`, `2026` or `08:30`. @param start the first that may be chosen. @param end the
 * last. @param count of columns.
 */
export function fieldColumns(kind: Kind, said: string, start: string, end: string, count: number): Columns {
  const { from, to } = natural[kind];
  const [first, last, wanted] = [numbersIn(kind, start, from), numbersIn(kind, end, to), numbersIn(kind, said, from)];
  const [rows, chosen, value] = [[] as string[][], [] as number[], [] as number[]];
  let [isFirst, isLast] = [true, true];
  for (let at = 0; at < count; at += 1) {
    const most = kind === "date" && at === 2 ? daysIn(value[0] ?? 0, value[1] ?? 1) : (to[at] ?? 0);
    const lowest = isFirst ? (first[at] ?? 0) : kind === "time" ? 0 : 1;
    const highest = Math.max(lowest, isLast ? Math.min(last[at] ?? most, at === 0 ? longMax : most) : most);
    const one = within(wanted[at] ?? lowest, lowest, highest);
    // Of more years than are drawn those around it.
    const low = within(one - columnLimits.rowsMax / 2, lowest, highest - columnLimits.rowsMax + 1);
    const high = Math.min(highest, low + columnLimits.rowsMax - 1);
    rows.push(Array.from({ length: high - low + 1 }, (_, more) => twoDigits(low + more)));
    chosen.push(one - low);
    value.push(one);
    isFirst &&= one === first[at];
    isLast &&= one === last[at];
  }
  return { rows, chosen };
}

/** What is chosen, as WeChat writes it. */
export function fieldValue(kind: Kind, { rows, chosen }: Columns): string {
  return rows.map((column, at) => column[chosen[at] ?? 0] ?? "").join(kind === "date" ? "-" : ":");
}

/** How many columns the fields of a date are. */
export function fieldsOf(fields: unknown): number {
  return fields === "year" ? 1 : fields === "month" ? 2 : 3;
}

/** Each within what there is of it. */
function numbersIn(kind: Kind, text: string, otherwise: readonly number[]): readonly number[] {
  const found = /^\s*(\d{1,4})(?:[-/:](\d{1,2}))?(?:[-/:](\d{1,2}))?/.exec(text);
  const { from, to } = natural[kind];
  return otherwise.map((one, at) => {
    const said = found?.[at + 1];
    if (said === undefined) return one;
    const isYear = kind === "date" && at === 0;
    return within(Number(said), isYear ? 1 : (from[at] ?? 0), isYear ? longMax : (to[at] ?? 0));
  });
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function within(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}

const twoDigits = (value: number) => `${value}`.padStart(2, "0");
