/** The weekday and time at which a delay ends. */
import { atWords } from "../../kit/time.ts";
import { locale } from "../../locales/i18n.ts";

export function whenWords(atMs: number): string {
  return atWords(atMs, locale.value, { weekday: "long", hour: "numeric", minute: "2-digit" });
}
