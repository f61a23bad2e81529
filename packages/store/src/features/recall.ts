/** Words of an own message that was recalled, for a while, to be said anew. */
import type { ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export function keepRecalledWords(
  db: Database,
  conversation: ConversationId,
  id: ContentId,
  words: string,
  untilMs: UnixMs,
): void {
  db.run(
    "INSERT INTO recalled_words (conversation, id, words, until_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    conversation,
    id,
    words,
    untilMs,
  );
}

export function dropRecalledWords(db: Database, nowMs: UnixMs): number {
  return db.run("DELETE FROM recalled_words WHERE until_ms <= ?", nowMs);
}
