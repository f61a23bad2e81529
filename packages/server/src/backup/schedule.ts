/**
 * Schedule: copies at intervals, of which the newest are kept (docs/spec/delivery.md DS148). A copy's name is the
 * moment of its making, in UTC, so that names sort by age; what is named otherwise was made by somebody else, and
 * stays.
 */
export type Copy = { readonly name: string; readonly atMs: number };

const shape = /^(\d{4})-(\d{2})-(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

/** As in `2026-11-28T031500Z`. */
export function copyName(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(":", "")}Z`;
}

/** The oldest first. */
export function listCopies(names: readonly string[]): readonly Copy[] {
  return names
    .flatMap((name) => {
      const found = shape.exec(name);
      if (found === null) return [];
      const [, year, month, day, hour, minute, second] = found;
      const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
      return Number.isNaN(atMs) ? [] : [{ name, atMs }];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
}

/**
 * Which copies may go: all but the newest `keep`, and of each of the last `weeks` weeks before those the newest one.
 * The newest of all always stays.
 */
export function outdated(copies: readonly Copy[], keep: number, weeks: number): readonly Copy[] {
  const newest = new Set(copies.slice(-Math.max(1, keep)));
  const byWeek = new Map<number, Copy>();
  for (const copy of copies) byWeek.set(Math.floor(copy.atMs / weekMs), copy);
  const weekly = new Set([...byWeek.values()].slice(-weeks));
  return copies.filter((copy) => !newest.has(copy) && !(weeks > 0 && weekly.has(copy)));
}

const weekMs = 7 * 86_400_000;

/** `30m`, `6h`, `1d` in milliseconds; undefined: it is none of these, or shorter than a minute. */
export function intervalOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * ({ m: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ""] ?? Number.NaN);
  return ms >= 60_000 ? ms : undefined;
}
