/** Names of months. */
import type { Locale } from "../../locales/i18n.ts";

/** The month with its year; `isShort`: abbreviated and without the year, for use beside a day. */
export function monthWords(at: Date, locale: Locale, isShort = false): string {
  const tongue = { en: "en-US", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW" }[locale];
  return at.toLocaleDateString(tongue, isShort ? { month: "short" } : { year: "numeric", month: "long" });
}
