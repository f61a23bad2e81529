/**
 * A month of the device's calendar. Pure.
 */
export type Month = {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly days: number;
  /** Weekday of the first day; 0 is Sunday. */
  readonly firstWeekday: number;
};

export function monthOf(atMs: number): Month {
  const date = new Date(atMs);
  const [year, month] = [date.getFullYear(), date.getMonth()];
  return {
    year,
    month,
    days: new Date(year, month + 1, 0).getDate(),
    firstWeekday: new Date(year, month, 1).getDay(),
  };
}

/** Start of each day in ms, and of the day after the last: a day may have 23 or 25 hours. */
export function startsOf({ year, month, days }: Month): readonly number[] {
  return Array.from({ length: days + 1 }, (_, at) => new Date(year, month, at + 1).getTime());
}

/** Short names of the weekdays, beginning with Sunday. */
export function weekdaysOf(locale: string): readonly string[] {
  if (locale !== "en") return ["日", "一", "二", "三", "四", "五", "六"];
  return ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];
}
