/** Matching: whether words hold what a person looks for, and where (docs/spec/search.md SE2, SE5). */
import { ClientError } from "../../errors.ts";
import { loadFold } from "./fold.ts";
import { snippetOf } from "./snippet.ts";

const queryMax = 200;

/** What to show of it, on one line; `match` is what was found, and near the beginning. */
export type Snippet = { readonly before: string; readonly match: string; readonly after: string };

/**
 * Undefined for a query that looks for nothing. @throws ClientError `too-long`; `storage` while this device cannot
 * search.
 */
export async function matcherOf(query: string): Promise<((words: string) => Snippet | undefined) | undefined> {
  if (query.length > queryMax) throw new ClientError("too-long");
  const fold = await loadFold().catch(() => {
    throw new ClientError("storage");
  });
  const terms = termsOf(fold(query).text);
  if (terms.length === 0) return undefined;
  return (words) => {
    const folded = fold(words);
    return terms.every((term) => folded.text.includes(term)) ? snippetOf(words, folded, terms) : undefined;
  };
}

/** The parts of a folded query, each of which has to stand in the text. */
export function termsOf(folded: string): readonly string[] {
  return [...new Set(folded.split(" ").filter((term) => term !== ""))];
}
