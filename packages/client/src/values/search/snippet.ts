/**
 * Snippet: the line of a message that shows what was found, with the match near its beginning, so that it stands in
 * the visible part of any row (docs/spec/search.md SE5).
 */
import type { Folded } from "./fold.ts";

export type Snippet = { readonly before: string; readonly match: string; readonly after: string };

/** Characters, as people count them. */
const beforeMax = 12;
const afterMax = 80;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** @param terms of which each stands in `folded`; none shows the beginning. */
export function snippetOf(text: string, folded: Folded, terms: readonly string[]): Snippet {
  const term = terms[0] ?? "";
  const at = folded.text.indexOf(term);
  const from = folded.places[at] ?? 0;
  const to = term === "" ? from : (folded.places[at + term.length] ?? text.length);
  return {
    before: ending(text.slice(0, from)),
    match: oneLine(text.slice(from, to)),
    after: beginning(text.slice(to)),
  };
}

function ending(text: string): string {
  // Far more than is shown, and little enough to be cut into characters at once.
  const near = text.slice(-20 * beforeMax);
  const characters = Array.from(graphemes.segment(near), ({ segment }) => segment);
  const kept = characters.slice(-beforeMax).join("");
  return oneLine(kept.length < text.length ? `…${kept}` : kept);
}

function beginning(text: string): string {
  const near = text.slice(0, 20 * afterMax);
  const characters = Array.from(graphemes.segment(near), ({ segment }) => segment);
  const kept = characters.slice(0, afterMax).join("");
  return oneLine(kept.length < text.length ? `${kept}…` : kept);
}

/** Spaces at the ends stay: they part the match from its neighbours. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ");
}
