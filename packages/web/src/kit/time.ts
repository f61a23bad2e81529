/**
 * Times as text: today the clock, then "yesterday", then the weekday, then the date. All times are in ms since 1970.
 */
import type { Locale } from "../locales/i18n.ts";

const dayMs = 86_400_000;
/** The last time that `Date` can show in every time zone; later times are shown as this one. */
const endMs = 8.64e15 - dayMs;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${locale} ${key}`;
  const known = formats.get(id);
  if (known !== undefined) return known;
  // Chinese readers expect 09:12 here, English ones 9:12 AM.
  const made = new Intl.DateTimeFormat(locale === "en" ? "en-US" : locale === "zh-Hant" ? "zh-TW" : "zh-CN", options);
  formats.set(id, made);
  return made;
}

/** Limits a time to what `Date` can show: a time from somebody else may be out of range, or no number. */
function onCalendar(ms: number): number {
  return Number.isFinite(ms) ? Math.min(endMs, Math.max(-endMs, ms)) : endMs;
}

/** Words of those options, in the reader's language. */
export function atWords(ms: number, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  return format(locale, JSON.stringify(options), options).format(onCalendar(ms));
}

/** For the `datetime` attribute of `<time>`. */
export function isoTime(ms: number): string {
  return new Date(onCalendar(ms)).toISOString();
}

export function clock(atMs: number, locale: Locale): string {
  return locale === "en"
    ? format(locale, "clock", { hour: "numeric", minute: "2-digit" }).format(onCalendar(atMs))
    : format(locale, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(onCalendar(atMs));
}

/** Calendar days between two times, in the local time zone. */
export function daysAgo(atMs: number, nowMs: number): number {
  const midnight = (ms: number) => new Date(onCalendar(ms)).setHours(0, 0, 0, 0);
  return Math.round((midnight(nowMs) - midnight(atMs)) / dayMs);
}

type Words = { readonly today: string; readonly yesterday: string };

function day(atMs: number, nowMs: number, locale: Locale, words: Words): string {
  const ago = daysAgo(atMs, nowMs);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  if (ago > 1 && ago < 7) {
    return format(locale, "weekday", { weekday: locale === "en" ? "short" : "long" }).format(atMs);
  }
  const date = new Date(onCalendar(atMs));
  const monthDay = `${date.getMonth() + 1}/${date.getDate()}`;
  if (date.getFullYear() === new Date(onCalendar(nowMs)).getFullYear()) return monthDay;
  return locale === "en" ? `${monthDay}/${date.getFullYear()}` : `${date.getFullYear()}/${monthDay}`;
}

/** For one line of a list: the clock today, else the day. */
export function listTime(atMs: number, nowMs: number, locale: Locale, words: Words): string {
  return daysAgo(atMs, nowMs) === 0 ? clock(atMs, locale) : day(atMs, nowMs, locale, words);
}

/** For a line between messages: the day and the clock. */
export function lineTime(atMs: number, nowMs: number, locale: Locale, words: Words): string {
  return `${day(atMs, nowMs, locale, words)} ${clock(atMs, locale)}`;
}

/** The date and clock at which something ends. */
export function untilWords(atMs: number, locale: Locale): string {
  const date = new Date(onCalendar(atMs));
  return `${date.getMonth() + 1}/${date.getDate()} ${clock(atMs, locale)}`;
}

/** 12,345 as 1.2万, 1.2萬 or 12K; small numbers as they are. */
export function shortCount(count: number, locale: Locale): string {
  if (locale === "en") return count < 10_000 ? String(count) : `${Math.floor(count / 1_000)}K`;
  const tenThousands = Math.floor(count / 1_000) / 10;
  return count < 10_000 ? String(count) : `${tenThousands}${locale === "zh-Hant" ? "萬" : "万"}`;
}
