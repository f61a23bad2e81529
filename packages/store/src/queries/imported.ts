/** Chats that were brought from elsewhere (docs/spec/keeping.md KP9): to be read, never written to, and not for the vault. */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { insertMessage, newestPosition, setReadOrder } from "./messages.ts";

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
