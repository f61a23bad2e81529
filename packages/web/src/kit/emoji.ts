/**
 * Emoji: the type of an entry in the data package of Unicode's list, the search in it, and the recently used.
 */
import { matchesName, type Reader } from "./pinyin.ts";

export type Emoji = {
  readonly emoji: string;
  readonly annotation: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  /** The emoji version: emoji newer than a device's font would show as boxes. */
  readonly version?: number;
};

/** Without 2 (parts such as skin tones) and 9 (flags). */
export const emojiGroups = [0, 1, 3, 4, 5, 6, 7, 8] as const;

const foundMax = 60;
const recentMax = 24;
const storageKey = "yanshu.emoji";

/** Finds by name or tag in any of `lists`, also by the name's pinyin or its initials. Prefix matches come first. */
export function findEmoji(lists: readonly (readonly Emoji[])[], query: string, reader: Reader): string[] {
  const wanted = reader.fold(query.trim());
  if (wanted === "") return [];
  const [begins, holds]: [string[], string[]] = [[], []];
  for (const list of lists) {
    for (const { emoji, annotation, tags = [] } of list) {
      const names = [annotation, ...tags].map(reader.fold);
      if (names.some((name) => name.startsWith(wanted))) begins.push(emoji);
      else if (names.some((name) => name.includes(wanted)) || matchesName([annotation], query, reader))
        holds.push(emoji);
    }
  }
  return [...new Set([...begins, ...holds])].slice(0, foundMax);
}

export function recentEmoji(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, recentMax) : [];
  } catch {
    return [];
  }
}

export function rememberEmoji(emoji: string): string[] {
  const next = [emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, recentMax);
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // A private window may refuse storage.
  }
  return next;
}
