/**
 * Words: what the index holds of a message, and what a query asks of it (docs/spec/search.md SE2).
 *
 * A folded text is cut into characters and pairs of neighbours: Chinese has no spaces, and a dictionary would miss
 * what people really write. A query of one character asks for that one, a longer one for all its pairs; whether
 * they stand in the right order is then looked up in the messages themselves.
 */
import { type Bytes, toHex } from "@yanshu/wire";

/** Begins a word that narrows a search down. Folding drops it, so that nobody can have said such a word. */
const mark = "¶";
/** Enough of a random id to tell chats and people of one device apart; the message itself is compared after that. */
const idBytes = 6;
/** Pairs asked of the index at most: the rest of a long query is compared in the messages. */
const pairsMax = 32;

export function chatWord(conversation: Bytes): string {
  return `${mark}c${toHex(conversation.subarray(0, idBytes))}`;
}

export function authorWord(author: Bytes): string {
  return `${mark}a${toHex(author.subarray(0, idBytes))}`;
}

export function kindWord(kind: string): string {
  return `${mark}k${kind}`;
}

/** Characters and pairs of a folded text, each once. */
export function wordsOf(folded: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const run of folded.split(" ")) {
    let before = "";
    for (const character of run) {
      words.add(character);
      if (before !== "") words.add(before + character);
      before = character;
    }
  }
  return words;
}

/** What the index can say about these parts. */
export function wordsFor(terms: readonly string[]): readonly string[] {
  const words = new Set<string>();
  for (const term of terms) {
    const characters = Array.from(term);
    if (characters.length === 1) words.add(term);
    for (let at = 0; at + 1 < characters.length && words.size < pairsMax; at++)
      words.add(`${characters[at]}${characters[at + 1]}`);
  }
  return [...words];
}
