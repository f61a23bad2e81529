/** The index of messages: what waits for it, what is found by it, what it forgets (docs/spec/search.md SE2–SE4). */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/**
 * 0003, second part: the words by which messages are found (docs/spec/search.md).
 * Size: about 60 bytes a message; it goes with the message.
 *
 * Triggers keep it true, no matter what writes `messages`: what was said waits in `unindexed` until somebody has time
 * to fold it, what was changed or erased leaves the index in the same transaction.
 */
export const searchTables = `
  -- Words of a message under its position: folded characters alone and in pairs, and what narrows a search down
  -- (SE2). Nothing but the words is kept, and which of them a message has.
  CREATE VIRTUAL TABLE message_words USING fts5(
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
  );
  CREATE TABLE unindexed (
    position INTEGER PRIMARY KEY           -- messages.position
  ) STRICT;
  -- One row while words of erased messages may still stand in the index's pages (SE4).
  CREATE TABLE unforgotten (
    one INTEGER PRIMARY KEY CHECK (one = 1)
  ) STRICT;

  INSERT INTO unindexed SELECT position FROM messages;
  CREATE TRIGGER messages_said AFTER INSERT ON messages BEGIN
    INSERT INTO unindexed (position) VALUES (new.position);
  END;
  CREATE TRIGGER messages_rewritten AFTER UPDATE OF kind, body ON messages BEGIN
    DELETE FROM message_words WHERE rowid = old.position;
    INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
    INSERT INTO unindexed (position) VALUES (new.position) ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER messages_gone AFTER DELETE ON messages BEGIN
    DELETE FROM message_words WHERE rowid = old.position;
    INSERT INTO unforgotten (one) VALUES (1) ON CONFLICT DO NOTHING;
    DELETE FROM unindexed WHERE position = old.position;
  END;
`;

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
