/** The weekday and time at which a delay ends. */
import { locale } from "../../locales/i18n.ts";

export function whenWords(atMs: number): string {
  return new Intl.DateTimeFormat(locale.value, { weekday: "long", hour: "numeric", minute: "2-digit" }).format(atMs);
}
