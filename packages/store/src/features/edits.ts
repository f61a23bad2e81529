/** Versions of a text that was changed after it was said. */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { hasNoMessage } from "../queries/messages.ts";

/** `said`: id of the message that told it; null for the first. */
export type Version = { readonly stamp_ms: UnixMs; readonly body: Bytes; readonly said: ContentId | null };

export function addVersion(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  version: Version,
): void {
  db.run(
    "INSERT INTO edits (conversation, author, id, stamp_ms, body, said) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (conversation, author, id, stamp_ms) DO UPDATE SET body = excluded.body, said = excluded.said",
    conversation,
    author,
    id,
    version.stamp_ms,
    version.body,
    version.said,
  );
}

/** Oldest first. */
export function readVersions(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
): readonly Version[] {
  return db.all<Version>(
    "SELECT stamp_ms, body, said FROM edits WHERE conversation = ? AND author = ? AND id = ? ORDER BY stamp_ms",
    conversation,
    author,
    id,
  );
}

/** Of edits that wait for their messages the latest `kept` of this author stay. */
export function dropEarlyVersions(db: Database, conversation: ConversationId, author: AccountId, kept: number): void {
  db.run(
    `DELETE FROM edits WHERE rowid IN (
       SELECT e.rowid FROM edits AS e WHERE e.conversation = ? AND e.author = ? AND ${hasNoMessage}
       ORDER BY e.rowid DESC LIMIT -1 OFFSET ?)`,
    conversation,
    author,
    kept,
  );
}

export function dropVersions(db: Database, conversation: ConversationId, author: AccountId, id: ContentId): void {
  db.run("DELETE FROM edits WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
}
