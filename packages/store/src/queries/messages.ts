/** Messages of the timeline, and their positions (docs/spec/sync.md SY4; docs/spec/vault.md VA10). */
import type { AccountId, Bytes, ContentId, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type MessageState = "sending" | "sent" | "failed" | "waiting-tap";

/** Distance between two new messages: leaves room for messages from the vault (docs/spec/vault.md VA10). */
export const positionStep = 2 ** 16;

/** SQL: the highest position that was ever used. */
export const lastPosition = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0)";

/** SQL: the message that row `e` names is not here. */
export const hasNoMessage = `NOT EXISTS (
  SELECT 1 FROM messages AS m WHERE m.conversation = e.conversation AND m.author = e.author AND m.id = e.id)`;

/** Leaves this many positions free before the messages that come from now on. */
export function leaveRoom(db: Database, positions: number): void {
  if (db.run("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'messages'", positions) === 0)
    db.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?)", positions);
}

const triesMax = 64;

/**
 * Returns the first free position from `wanted` downwards, above `least`; undefined if all that were tried are taken.
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

/** The first 4 bytes of the device id: enough to distinguish the devices of one account. */
function senderDeviceOf(device: DeviceId): number {
  return new DataView(device.buffer, device.byteOffset).getUint32(0);
}

/** Returns false for a repeat: a message with this author and id exists (SY4). */
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
    /** The sending device, and the message's `seq` if it has one already. */
    device?: DeviceId;
    seq?: number;
    /** The position, if it replaces another message; absent: after all others. */
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

/** Replaces a message's body, and updates what is derived from its words, such as the index. */
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
 * Deletes a message's content, and what is derived from it (index, files). The row stays, shown as `recalled` or not
 * shown (`deleted`), so that a repeat is recognized. If a recall came before its message, this makes the row.
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
    // The message's position is not known, so this row must not influence the order of others (VA10).
    if (insertMessage(db, { ...line, state: "sent" }))
      db.run(
        "UPDATE messages SET out_of_order = 2 WHERE conversation = ? AND author = ? AND id = ?",
        conversation,
        author,
        id,
      );
  }
  db.run(
    // State `sent`, because an erased message cannot be sent again.
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

/** Sets the `seq` of an own message, which it gets when it is sent. */
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

/** Deletes the messages by which an account left, once it is in again. */
export function forgetLeaving(db: Database, conversation: ConversationId, account: AccountId): void {
  db.run("DELETE FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave'", conversation, account);
}

/** When this account said last that it leaves, by the clock of the device that said it. */
export function ownLeaveMs(db: Database, conversation: ConversationId, own: AccountId): UnixMs | undefined {
  const sql = `SELECT max(sent_ms) AS ms FROM messages WHERE conversation = ? AND author = ? AND kind = 'leave'`;
  return db.get<{ ms: UnixMs | null }>(sql, conversation, own)?.ms ?? undefined;
}

/** The highest number below `below` of what is here of a device; undefined if there is nothing. */
export function highestShown(
  db: Database,
  conversation: ConversationId,
  device: DeviceId,
  below: number,
): number | undefined {
  const sql = "SELECT max(seq) AS seq FROM messages WHERE conversation = ? AND sender_device = ? AND seq < ?";
  return db.get<{ seq: number | null }>(sql, conversation, senderDeviceOf(device), below)?.seq ?? undefined;
}

/** Whether the conversation has messages that are not deleted. */
export function hasMessages(db: Database, conversation: ConversationId): boolean {
  const sql = "SELECT 1 FROM messages WHERE conversation = ? AND kind <> 'deleted' LIMIT 1";
  return db.get(sql, conversation) !== undefined;
}

/**
 * Deletes a conversation's messages from this device, and the copies for resending; messages still in the outbox keep
 * theirs. Returns the number of rows.
 *
 * @param upToMs keeps messages that their authors stamped later; absent: deletes all.
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
  // A tombstone has no content; it keeps a message that was recalled before it came from being shown.
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
  for (const table of ["edits", "marks", "quotes", "program_updates"] as const)
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
