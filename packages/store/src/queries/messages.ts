/** Messages: what stands in a conversation, and at which place (docs/spec/sync.md SY4; docs/spec/vault.md VA10). */
import type { AccountId, Bytes, ContentId, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type MessageState = "sending" | "sent" | "failed" | "waiting-tap";

/** Between two messages there is room for what comes from the vault later (docs/spec/vault.md VA10). */
export const positionStep = 2 ** 16;

/** SQL: below it stands, or stood, everything that is here. */
export const lastPosition = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0)";

/** SQL: the message that row `e` names is not here. */
export const hasNoMessage = `NOT EXISTS (
  SELECT 1 FROM messages AS m WHERE m.conversation = e.conversation AND m.author = e.author AND m.id = e.id)`;

/** What comes from now on stands so much further on. */
export function leaveRoom(db: Database, positions: number): void {
  if (db.run("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'messages'", positions) === 0)
    db.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?)", positions);
}

const triesMax = 64;

/**
 * The first position that no message has, from `wanted` down to above `least`; undefined where all that are tried are
 * taken.
 */
export function freePosition(db: Database, wanted: number, least = Number.NEGATIVE_INFINITY): number | undefined {
  for (let place = wanted; place > least && place > wanted - triesMax; place--)
    if (db.get("SELECT 1 FROM messages WHERE position = ?", place) === undefined) return place;
  return undefined;
}

export function isPositionFree(db: Database, position: number): boolean {
  return db.get("SELECT 1 FROM messages WHERE position = ?", position) === undefined;
}

const insertSql = `INSERT INTO messages (conversation, author, id, at_ms, kind, body, state, sent_ms, mention, sender_device, seq, position)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, ${lastPosition} + ${positionStep})) ON CONFLICT DO NOTHING`;

/** Tells the devices of one account apart. */
function senderDeviceOf(device: DeviceId): number {
  return new DataView(device.buffer, device.byteOffset).getUint32(0);
}

/** Returns false when (author, id) is there already: a repeat (SY4). */
export function insertMessage(
  db: Database,
  row: {
    conversation: ConversationId;
    author: AccountId;
    id: ContentId;
    atMs: UnixMs;
    /** By the author's clock; as `atMs` when absent. */
    sentMs?: UnixMs;
    kind: string;
    body: Bytes;
    state: MessageState;
    /** 1: names the own account, 2: everybody. */
    mention?: number;
    /** Which of its author's devices says it, and which of its words it is, where it has a number already. */
    device?: DeviceId;
    seq?: number;
    /** Where it stands, when it takes another's place; behind all others when absent. */
    position?: number;
  },
): boolean {
  return (
    db.run(
      insertSql,
      row.conversation,
      row.author,
      row.id,
      row.atMs,
      row.kind,
      row.body,
      row.state,
      row.sentMs ?? row.atMs,
      row.mention ?? 0,
      row.device === undefined ? null : senderDeviceOf(row.device),
      row.seq ?? null,
      row.position ?? null,
    ) > 0
  );
}

export type MessageRow = {
  readonly position: number;
  readonly at_ms: UnixMs;
  /** By the author's clock. */
  readonly sent_ms: UnixMs;
  readonly edited_ms: UnixMs;
  readonly kind: string;
  readonly body: Bytes;
  readonly state: MessageState;
};

export function readMessage(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
): MessageRow | undefined {
  return db.get<MessageRow>(
    `SELECT position, at_ms, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sent_ms, edited_ms, kind, body, state
     FROM messages WHERE conversation = ? AND author = ? AND id = ?`,
    conversation,
    author,
    id,
  );
}

/** The newest messages of a kind, the newest first. @param count so many at most. */
export function readNewestOf(
  db: Database,
  conversation: ConversationId,
  kind: string,
  count: number,
): readonly { readonly author: AccountId; readonly id: ContentId }[] {
  return db.all(
    "SELECT author, id FROM messages WHERE conversation = ? AND kind = ? ORDER BY position DESC LIMIT ?",
    conversation,
    kind,
    count,
  );
}

/** What the message says from now on. Whatever is kept of its words beside the row (an index) changes here. */
export function rewriteMessage(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  change: { readonly body: Bytes; readonly editedMs?: UnixMs; readonly mention?: number },
): void {
  db.run(
    `UPDATE messages SET body = ?, edited_ms = coalesce(?, edited_ms), mention = coalesce(?, mention)
     WHERE conversation = ? AND author = ? AND id = ?`,
    change.body,
    change.editedMs ?? null,
    change.mention ?? null,
    conversation,
    author,
    id,
  );
}

/**
 * All that this device keeps of a message's content goes, its place stays: as a line that it was recalled
 * (`recalled`), or as nothing (`deleted`), so that a repeat is still known. Whatever is kept of its words
 * beside the row (an index, a file) goes here. Makes the row of a recall that came before its message.
 */
export function eraseMessage(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  left: { readonly kind: "recalled"; readonly nowMs: UnixMs } | { readonly kind: "deleted" },
): void {
  if (left.kind === "recalled") {
    const atMs = left.nowMs;
    const line = { conversation, author, id, atMs, kind: left.kind, body: new Uint8Array() };
    // Where its message would have stood is not known: its place tells nothing of where others stand (VA10).
    if (insertMessage(db, { ...line, state: "sent" }))
      db.run(
        "UPDATE messages SET out_of_order = 2 WHERE conversation = ? AND author = ? AND id = ?",
        conversation,
        author,
        id,
      );
  }
  db.run(
    // What is gone is not unsent any more: nobody can send it again.
    "UPDATE messages SET kind = ?, body = x'', state = 'sent', mention = 0, edited_ms = 0, handed_by = NULL WHERE conversation = ? AND author = ? AND id = ?",
    left.kind,
    conversation,
    author,
    id,
  );
  db.run("DELETE FROM edits WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
  db.run("DELETE FROM marks WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
  db.run("DELETE FROM quotes WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
}

export function setMessageState(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  state: MessageState,
): void {
  db.run(
    "UPDATE messages SET state = ? WHERE conversation = ? AND author = ? AND id = ?",
    state,
    conversation,
    author,
    id,
  );
}

/** What is said here has its number once it goes out. */
export function numberMessage(
  db: Database,
  conversation: ConversationId,
  author: AccountId,
  id: ContentId,
  seq: number,
): void {
  db.run("UPDATE messages SET seq = ? WHERE conversation = ? AND author = ? AND id = ?", seq, conversation, author, id);
}

export function deleteMessage(db: Database, conversation: ConversationId, author: AccountId, id: ContentId): void {
  db.run("DELETE FROM messages WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
}

/** The word that somebody leaves is forgotten once they are let in again. */
export function forgetLeaving(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run("DELETE FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave'", conversation, account);
}

/** Whether anything of it is left to be read. */
export function hasMessages(db: Database, conversation: ConversationId): boolean {
  const sql = "SELECT 1 FROM messages WHERE conversation = ? AND kind <> 'deleted' LIMIT 1";
  return db.get(sql, conversation) !== undefined;
}

/**
 * What was said in a conversation is gone from this device, and with it what could be said again to those who
 * asks; what is still on its way can. Returns the number of rows.
 *
 * @param upToMs keeps what its author stamped later; everything goes without it.
 */
export function clearMessages(
  db: Database,
  conversation: ConversationId,
  upToMs: UnixMs = Number.MAX_SAFE_INTEGER,
): number {
  db.run(
    `DELETE FROM sent WHERE conversation = ?
       AND seq NOT IN (SELECT seq FROM outbox WHERE conversation = ? AND seq IS NOT NULL)`,
    conversation,
    conversation,
  );
  // A tombstone holds nothing but its place, and keeps what was recalled early from coming after all.
  db.run(
    "UPDATE messages SET kind = 'deleted' WHERE conversation = ? AND kind = 'recalled' AND at_ms <= ?",
    conversation,
    upToMs,
  );
  const gone = db.run(
    "DELETE FROM messages WHERE conversation = ? AND kind <> 'deleted' AND at_ms <= ?",
    conversation,
    upToMs,
  );
  for (const table of ["edits", "marks", "quotes"] as const)
    db.run(
      `DELETE FROM ${table} WHERE conversation = ? AND (author, id) NOT IN (SELECT author, id FROM messages WHERE conversation = ?)`,
      conversation,
      conversation,
    );
  db.run("DELETE FROM recalled_words WHERE conversation = ?", conversation);
  return gone;
}

/** Of the first `items` of a conversation. */
export function sizeOfMessages(
  db: Database,
  conversation: ConversationId,
  items: number,
): { readonly items: number; readonly bytes: number } {
  const sql = `SELECT count(*) AS items, coalesce(sum(size), 0) AS bytes FROM (
    SELECT length(body) AS size FROM messages WHERE conversation = ? ORDER BY position LIMIT ?)`;
  return db.get<{ items: number; bytes: number }>(sql, conversation, items) ?? { items: 0, bytes: 0 };
}

export function newestPosition(db: Database, conversation: ConversationId): number {
  return (
    db.get<{ position: number | null }>(
      "SELECT max(position) AS position FROM messages WHERE conversation = ?",
      conversation,
    )?.position ?? 0
  );
}

export function setReadOrder(db: Database, conversation: ConversationId, position: number): void {
  db.run("UPDATE conversations SET read_order = max(read_order, ?) WHERE conversation = ?", position, conversation);
}
