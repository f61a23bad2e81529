/** Marks: what people set on messages, of whatever kinds the features say (docs/spec/actions.md). */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { hasNoMessage } from "./messages.ts";

export type MessageName = { readonly author: AccountId; readonly id: ContentId };

/** A mark on one message. `by` is empty for a mark of the conversation. */
export type Mark = {
  /** As a feature of @yanshu/content names it; the store takes any. */
  readonly kind: string;
  readonly by: Bytes;
  readonly key: string;
  /** CBOR by kind. */
  readonly value: Bytes;
  readonly stamp_ms: UnixMs;
};

const putMarkSql = `
  INSERT INTO marks (conversation, author, id, kind, by, key, value, stamp_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (conversation, author, id, kind, by, key) DO UPDATE SET value = excluded.value, stamp_ms = excluded.stamp_ms`;
const writeMarkSql = `${putMarkSql} WHERE (excluded.stamp_ms, excluded.value) > (marks.stamp_ms, marks.value)`;

/** The later stamp wins, and of equal ones the greater bytes, so that all devices agree. Returns whether it changed. */
export function writeMark(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  { kind, by, key, value, stamp_ms }: Mark,
): boolean {
  return db.run(writeMarkSql, conversation, author, id, kind, by, key, value, stamp_ms) > 0;
}

/** Writes a mark regardless of the stamp of the one before. */
export function putMark(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  { kind, by, key, value, stamp_ms }: Mark,
): void {
  db.run(putMarkSql, conversation, author, id, kind, by, key, value, stamp_ms);
}

/** In the order in which their stamps say that they were set. */
export function readMarks(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  kind: string,
): readonly Mark[] {
  return db.all<Mark>(
    "SELECT kind, by, key, value, stamp_ms FROM marks WHERE conversation = ? AND author = ? AND id = ? AND kind = ? ORDER BY stamp_ms, by",
    conversation,
    author,
    id,
    kind,
  );
}

/** All that is set on one message, of each kind in the order of its stamps. */
export function readAllMarks(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
): readonly Mark[] {
  return db.all<Mark>(
    "SELECT kind, by, key, value, stamp_ms FROM marks WHERE conversation = ? AND author = ? AND id = ? ORDER BY stamp_ms, by",
    conversation,
    author,
    id,
  );
}

/** Keeps the latest `kept` marks by one person (empty: pins) on messages that are not here. */
export function dropEarlyMarks(db: Database, conversation: ConversationId, by: Bytes, kept: number): void {
  db.run(
    `DELETE FROM marks WHERE (conversation, author, id, kind, by, key) IN (
       SELECT e.conversation, e.author, e.id, e.kind, e.by, e.key FROM marks AS e
       WHERE e.conversation = ? AND e.by = ? AND ${hasNoMessage} ORDER BY e.stamp_ms DESC, e.id LIMIT -1 OFFSET ?)`,
    conversation,
    by,
    kept,
  );
}

export type PlacedMark = Mark & {
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly id: ContentId;
};

/** Every mark of the store, in pages. @param after the last of the page before. */
export function readMarksAfter(db: Database, after: PlacedMark | undefined, limit: number): readonly PlacedMark[] {
  const { conversation, author, id, kind, by, key } = after ?? noMark;
  return db.all<PlacedMark>(
    `SELECT * FROM marks WHERE (conversation, author, id, kind, by, key) > (?, ?, ?, ?, ?, ?)
     ORDER BY conversation, author, id, kind, by, key LIMIT ?`,
    conversation,
    author,
    id,
    kind,
    by,
    key,
    limit,
  );
}

const nothing = new Uint8Array();
const noMark = { conversation: nothing, author: nothing, id: nothing, kind: "", by: nothing, key: "" };

export function deleteMark(db: Database, { conversation, author, id, kind, by, key }: PlacedMark): void {
  db.run(
    "DELETE FROM marks WHERE conversation = ? AND author = ? AND id = ? AND kind = ? AND by = ? AND key = ?",
    conversation,
    author,
    id,
    kind,
    by,
    key,
  );
}
