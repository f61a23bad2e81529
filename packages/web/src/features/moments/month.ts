/** Months as a person says them. */
import type { Locale } from "../../locales/i18n.ts";

/** With its year; `isShort`: beside a day, without it. */
export function monthWords(at: Date, locale: Locale, isShort = false): string {
  const tongue = { en: "en-US", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW" }[locale];
  return at.toLocaleDateString(tongue, isShort ? { month: "short" } : { year: "numeric", month: "long" });
}
