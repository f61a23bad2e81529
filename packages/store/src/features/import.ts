/**
 * Chats that were brought from elsewhere (docs/spec/keeping.md KP9): to be read, never written to, and not for the
 * vault.
 */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { insertMessage, newestPosition, setReadOrder } from "../queries/messages.ts";

/**
 * 22 imported: chats that were brought from elsewhere, to be read alone (docs/spec/keeping.md KP9).
 * Going back is safe: to version 21 such a chat is a group that was left.
 */
export const importTables = `
  ALTER TABLE conversations ADD COLUMN imported TEXT;  -- from which program; null: it was said here
`;

export function markImported(db: Database, conversation: ConversationId, from: string): void {
  db.run("UPDATE conversations SET imported = ? WHERE conversation = ?", from, conversation);
}

/** Read as it comes: nothing of it is news. */
export function insertImported(
  db: Database,
  row: {
    readonly conversation: ConversationId;
    readonly author: AccountId;
    readonly id: ContentId;
    readonly atMs: UnixMs;
    readonly kind: string;
    readonly body: Bytes;
  },
): void {
  const { conversation, author, id } = row;
  insertMessage(db, { ...row, state: "sent" });
  db.run("UPDATE messages SET vault = 2 WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
  const position = newestPosition(db, conversation);
  db.run("DELETE FROM unvaulted WHERE position = ?", position);
  setReadOrder(db, conversation, position);
  db.run("UPDATE conversations SET active_ms = max(active_ms, ?) WHERE conversation = ?", row.atMs, conversation);
}
