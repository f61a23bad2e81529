/** Typing the words of a recovery card: what is offered, and what is taken. Pure; the list of words comes in. */

export const cardWordCount = 24;
/** No two words begin with the same four letters. */
const tellingLetters = 4;
const offeredMax = 4;

/** Words that begin as what was typed. One that is a word itself stands first. */
export function offered(all: readonly string[], typed: string): readonly string[] {
  const begun = lettersOf(typed);
  return begun === "" ? [] : all.filter((word) => word.startsWith(begun)).slice(0, offeredMax);
}

/** The word that was meant; undefined when it is none. */
export function wordFor(all: readonly string[], typed: string): string | undefined {
  const written = lettersOf(typed);
  if (all.includes(written)) return written;
  return written.length < tellingLetters ? undefined : all.find((word) => word.startsWith(written));
}

/** What was pasted or typed at once: the words of it, up to the first that is none, and that one. */
export function taken(all: readonly string[], text: string): { words: readonly string[]; wrong: string | undefined } {
  const written = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const words: string[] = [];
  for (const one of written) {
    const word = wordFor(all, one);
    if (word === undefined) return { words, wrong: one };
    words.push(word);
  }
  return { words, wrong: undefined };
}

function lettersOf(typed: string): string {
  return typed.toLowerCase().replace(/[^a-z]/g, "");
}
