/** Days of home's clock, which have no hour: as people of each language write them. */
import { locale } from "../../locales/i18n.ts";

export function dayWords(day: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "long", timeZone: "UTC" }).format(day * 86_400_000);
}
