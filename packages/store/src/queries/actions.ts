/** What people did with messages: versions of a text, marks set on it, and who quotes it. */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

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

const hasNoMessage = `NOT EXISTS (
  SELECT 1 FROM messages AS m WHERE m.conversation = e.conversation AND m.author = e.author AND m.id = e.id)`;

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

/** Of what one person (nobody: pins) set on messages that are not here the latest `kept` stay. */
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

export function dropVersions(db: Database, conversation: ConversationId, author: AccountId, id: ContentId): void {
  db.run("DELETE FROM edits WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
}

export type MarkKind = "reaction" | "vote" | "line" | "pin" | "callEnd";
/** Of one message. `by` is empty where a mark belongs to nobody. */
export type Mark = {
  readonly kind: MarkKind;
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

/** The later stamp holds; ties go by the bytes, so that everybody decides alike. Returns whether it changed. */
export function writeMark(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  { kind, by, key, value, stamp_ms }: Mark,
): boolean {
  return db.run(writeMarkSql, conversation, author, id, kind, by, key, value, stamp_ms) > 0;
}

/** Whatever stood there before. */
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
  kind: MarkKind,
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

export type MessageName = { readonly author: AccountId; readonly id: ContentId };

export function addQuote(db: Database, conversation: ConversationId, quoted: MessageName, by: MessageName): void {
  db.run(
    "INSERT INTO quotes (conversation, quoted_author, quoted_id, author, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    conversation,
    quoted.author,
    quoted.id,
    by.author,
    by.id,
  );
}

/** The messages that repeat the beginning of this one. */
export function quotesOf(db: Database, conversation: ConversationId, quoted: MessageName): readonly MessageName[] {
  return db.all<MessageName>(
    "SELECT author, id FROM quotes WHERE conversation = ? AND quoted_author = ? AND quoted_id = ?",
    conversation,
    quoted.author,
    quoted.id,
  );
}

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

/** The pins of a conversation, the newest first. */
export function pinMarks(db: Database, conversation: ConversationId): readonly (Mark & MessageName)[] {
  return db.all(
    "SELECT author, id, kind, by, key, value, stamp_ms FROM marks WHERE conversation = ? AND kind = 'pin' ORDER BY stamp_ms DESC, id",
    conversation,
  );
}

export type FavouriteRow = {
  readonly id: ContentId;
  readonly is_on: number;
  readonly name: string;
  readonly at_ms: UnixMs;
  readonly body: Bytes;
  readonly stamp_ms: UnixMs;
};

/** The later stamp wins. Returns whether it changed. */
export function writeFavourite(db: Database, row: FavouriteRow): boolean {
  return (
    db.run(
      `INSERT INTO favourites (id, is_on, name, at_ms, body, stamp_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET is_on = excluded.is_on, name = excluded.name, at_ms = excluded.at_ms,
         body = excluded.body, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > favourites.stamp_ms`,
      row.id,
      row.is_on,
      row.name,
      row.at_ms,
      row.body,
      row.stamp_ms,
    ) > 0
  );
}

export function readFavourites(db: Database): readonly FavouriteRow[] {
  return db.all<FavouriteRow>("SELECT * FROM favourites ORDER BY stamp_ms DESC, id");
}

export function readFavourite(db: Database, id: ContentId): FavouriteRow | undefined {
  return db.get<FavouriteRow>("SELECT * FROM favourites WHERE id = ?", id);
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
