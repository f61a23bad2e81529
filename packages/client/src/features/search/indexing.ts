/**
 * Indexing: folds what was said since, a few hundred messages at a time (docs/spec/search.md SE3). Nothing on the way
 * of a message waits for it: a search catches up first, and a composition root may run it while nobody waits.
 */
import { decodeBody, textOf } from "@yanshu/content";
import { type FoundRow, forgetWords, readUnindexed, writeWords } from "@yanshu/store";
import type { FeatureContext } from "../../feature.ts";
import { type Fold, loadFold } from "../../values/search/fold.ts";
import { authorWord, chatWord, kindWord, wordsOf } from "./words.ts";

const batch = 200;

/** One batch, or the forgetting of what was erased. Resolves with whether there is more to do. */
export async function indexSome({ db }: FeatureContext): Promise<boolean> {
  const fold = await loadFold();
  const rows = readUnindexed(db, batch);
  if (rows.length === 0) {
    db.transaction(() => forgetWords(db));
    return false;
  }
  db.transaction(() => {
    for (const row of rows) writeWords(db, row.position, wordsOfRow(fold, row));
  });
  return true;
}

/** All that waits; other work goes between the batches. */
export async function catchUp(context: FeatureContext): Promise<void> {
  while (readUnindexed(context.db, 1).length > 0) {
    await indexSome(context);
    await new Promise<void>((go) => context.after(0, go));
  }
}

function wordsOfRow(fold: Fold, row: FoundRow): string {
  const said = row.kind === "system" ? undefined : decodeBody(row.body);
  const text = said === undefined ? undefined : textOf(said);
  if (said === undefined || text === undefined) return "";
  const kinds = kindsOf(said.kind, text).map(kindWord);
  return [chatWord(row.conversation), authorWord(row.author), ...kinds, ...wordsOf(fold(text).text)].join(" ");
}

/** What it can be narrowed down by: its kind, and what several kinds have in common. */
export function kindsOf(kind: string, text: string): readonly string[] {
  return [
    kind,
    ...(kind === "text" && hasLink(text) ? ["link"] : []),
    ...(kind === "photos" || kind === "video" ? ["media"] : []),
  ];
}

function hasLink(text: string): boolean {
  return /https?:\/\/\S/i.test(text);
}
