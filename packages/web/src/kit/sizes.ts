/** Sizes, durations, file names and coordinates as text. */
import { locale, t } from "../locales/i18n.ts";

const units = ["B", "KB", "MB", "GB"] as const;

/** Such as `4.8 MB`. */
export function sizeWords(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1_000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(locale.value, { maximumFractionDigits: digits })} ${units[step]}`;
}

/** A remaining time, in seconds or minutes. */
export function secondsWords(seconds: number): string {
  if (seconds < 60) return t("file.seconds", { n: Math.max(1, Math.ceil(seconds)) });
  return t("file.minutes", { n: Math.ceil(seconds / 60) });
}

/** Such as `0:23`. */
export function lengthWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A file name that fits two lines of a card: the middle is cut out, since the ending shows the type. */
export function shortName(name: string): string {
  const characters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  const width = (some: readonly string[]) => some.reduce((sum, one) => sum + (one > "\u2e80" ? 2 : 1), 0);
  if (width(characters) <= 34) return name;
  let [head, tail] = [0, characters.length];
  while (width(characters.slice(0, head + 1)) <= 21) head++;
  while (width(characters.slice(tail - 1)) <= 11) tail--;
  return `${characters.slice(0, head).join("")}…${characters.slice(tail).join("")}`;
}

/** Parses latitude and longitude in degrees, such as `31.2304, 121.4737`; undefined when the text is no place. */
export function coordinatesIn(text: string): { readonly lat: number; readonly lon: number } | undefined {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  const [lat, lon] = [Number(found?.[1]), Number(found?.[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}
