/** Hours of a day, in minutes since midnight, as a field of a time has them. Pure. */

/** `1320`: `22:00`. */
export function clockWords(minutes: number): string {
  const two = (n: number) => `${n}`.padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Undefined: it is no time. */
export function minutesOf(words: string): number | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)/.exec(words);
  return found === null ? undefined : Number(found[1]) * 60 + Number(found[2]);
}
