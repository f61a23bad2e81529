/** The index of messages: what waits for it, what is found by it, what it forgets (docs/spec/search.md SE2–SE4). */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type FoundRow = {
  readonly position: number;
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly id: ContentId;
  readonly at_ms: UnixMs;
  readonly kind: string;
  readonly body: Bytes;
};

const foundColumns = "m.position, m.conversation, m.author, m.id, m.at_ms, m.kind, m.body";

/** The newest first: they are looked for most. */
export function readUnindexed(db: Database, limit: number): readonly FoundRow[] {
  return db.all<FoundRow>(
    `SELECT ${foundColumns} FROM unindexed AS u CROSS JOIN messages AS m ON m.position = u.position
     ORDER BY u.position DESC LIMIT ?`,
    limit,
  );
}

/** @param words separated by spaces; empty when nothing of it shall be found. */
export function writeWords(db: Database, position: number, words: string): void {
  if (words !== "") db.run("INSERT INTO message_words (rowid, words) VALUES (?, ?)", position, words);
  db.run("DELETE FROM unindexed WHERE position = ?", position);
}

/**
 * The newest messages before `before` that have all of `words`, each without spaces or quotes. What was blocked or
 * declined is not found.
 */
export function findByWords(
  db: Database,
  words: readonly string[],
  { before, limit }: { readonly before: number; readonly limit: number },
): readonly FoundRow[] {
  return db.all<FoundRow>(
    `SELECT ${foundColumns} FROM message_words
     CROSS JOIN messages AS m ON m.position = message_words.rowid
     CROSS JOIN conversations AS c ON c.conversation = m.conversation
     WHERE message_words MATCH ? AND message_words.rowid < ? AND c.state NOT IN ('blocked', 'declined')
     ORDER BY message_words.rowid DESC LIMIT ?`,
    words.map((word) => `"${word}"`).join(" "),
    before,
    limit,
  );
}

/**
 * Words of erased messages leave the file, not only the answers. Rewrites the index: for when nobody waits.
 * Returns whether there was anything to forget.
 */
export function forgetWords(db: Database): boolean {
  if (db.run("DELETE FROM unforgotten") === 0) return false;
  db.run("INSERT INTO message_words (message_words) VALUES ('optimize')");
  return true;
}

/** Position of the first message in a conversation at or after `position`, and when it was said. */
export function nextMessage(
  db: Database,
  conversation: ConversationId,
  position: number,
): { readonly position: number; readonly at_ms: UnixMs } | undefined {
  return db.get(
    "SELECT position, at_ms FROM messages WHERE conversation = ? AND position >= ? ORDER BY position LIMIT 1",
    conversation,
    position,
  );
}
