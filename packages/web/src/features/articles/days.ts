/** Days of home's clock, which have no hour: as people of each language write them. */
import { atWords } from "../../kit/time.ts";
import { locale } from "../../locales/i18n.ts";

export function dayWords(day: number): string {
  return atWords(day * 86_400_000, locale.value, { dateStyle: "long", timeZone: "UTC" });
}
