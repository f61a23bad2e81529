/** Typing the words of a recovery card: what is offered, and what is taken. Pure; the lists of words come in. */

import type { CardWordLists } from "@yanshu/client";
import { cardWordsIn } from "@yanshu/content";

export type CardScript = "en" | "zh-Hans" | "zh-Hant";
export const cardWordCount = 24;
/** No two English words begin with the same four characters. */
const tellingLetters = 4;
const offeredMax = 4;
const isLatin = /^[a-z]+$/;

/** In which script a word is written; the simplified where both write it so. */
export function scriptOf(all: CardWordLists, word: string): CardScript {
  if (isLatin.test(word)) return "en";
  return all["zh-Hans"].includes(word) || !all["zh-Hant"].includes(word) ? "zh-Hans" : "zh-Hant";
}

/**
 * Words that begin as what was typed, one that is a word itself first; for a reader of Chinese also those that are read
 * so, for a keyboard that writes none.
 */
export function offered(all: CardWordLists, typed: string, reader: CardScript): readonly string[] {
  const begun = lettersOf(typed);
  if (begun === "") return [];
  const chinese = reader === "en" ? [] : (all.sounds[begun] ?? []).map((at) => all[reader][at] ?? "");
  return [...all.en.filter((word) => word.startsWith(begun)).slice(0, offeredMax), ...chinese];
}

/** The word that was meant; undefined when it is none. */
export function wordFor(all: CardWordLists, typed: string): string | undefined {
  const written = cardWordsIn(typed);
  const [one] = written;
  if (one === undefined || written.length > 1) return undefined;
  if ([all.en, all["zh-Hans"], all["zh-Hant"]].some((list) => list.includes(one))) return one;
  return one.length < tellingLetters ? undefined : all.en.find((word) => word.startsWith(one));
}

/** Whether nothing more can follow: letters may go on, a character is a word. */
export function isWhole(typed: string): boolean {
  return /\S\s/.test(typed) || /\p{Script=Han}/u.test(typed);
}

/** What was pasted or typed at once: the words of it, up to the first that is none, and that one. */
export function taken(all: CardWordLists, text: string): { words: readonly string[]; wrong: string | undefined } {
  const words: string[] = [];
  for (const one of cardWordsIn(text)) {
    const word = wordFor(all, one);
    if (word === undefined) return { words, wrong: one };
    words.push(word);
  }
  return { words, wrong: undefined };
}

function lettersOf(typed: string): string {
  return typed
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}
