/**
 * Emoji: the shape of Unicode's list as the data package has it, finding in it, and what was used last.
 */
export type Emoji = {
  readonly emoji: string;
  readonly annotation: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  /** The emoji version; what is newer than most devices' fonts would show as boxes. */
  readonly version?: number;
};

/** Without 2 (parts such as skin tones) and 9 (flags). */
export const emojiGroups = [0, 1, 3, 4, 5, 6, 7, 8] as const;

const foundMax = 60;
const recentMax = 24;
const storageKey = "yanshu.emoji";

export function findEmoji(all: readonly Emoji[], query: string): string[] {
  const wanted = query.trim().toLowerCase();
  const found: string[] = [];
  for (const { emoji, annotation, tags } of all) {
    if (!annotation.toLowerCase().includes(wanted) && tags?.some((tag) => tag.toLowerCase().includes(wanted)) !== true)
      continue;
    found.push(emoji);
    if (found.length === foundMax) break;
  }
  return found;
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
    // Not kept in a private window.
  }
  return next;
}
