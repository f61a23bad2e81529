/** The timeline, the outbox, and the record of what was heard from whom. */
import {
  type AccountId,
  type Bytes,
  type ContentId,
  type ConversationId,
  type DeviceId,
  equalBytes,
  type UnixMs,
} from "@yanshu/wire";
import type { Database } from "../database.ts";

export type MessageState = "sending" | "sent" | "failed" | "waiting-tap";

/** Between two messages there is room for what comes from the vault later (docs/spec/vault.md VA10). */
export const positionStep = 2 ** 16;

/** SQL: below it stands, or stood, everything that is here. */
export const lastPosition = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0)";

/** What comes from now on stands so much further on. */
export function leaveRoom(db: Database, positions: number): void {
  if (db.run("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'messages'", positions) === 0)
    db.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?)", positions);
}

const triesMax = 64;

/** The first position that no message has, from `wanted` down to above `least`; undefined where all that are tried are taken. */
export function freePosition(db: Database, wanted: number, least = Number.NEGATIVE_INFINITY): number | undefined {
  for (let place = wanted; place > least && place > wanted - triesMax; place--)
    if (db.get("SELECT 1 FROM messages WHERE position = ?", place) === undefined) return place;
  return undefined;
}

export function isPositionFree(db: Database, position: number): boolean {
  return db.get("SELECT 1 FROM messages WHERE position = ?", position) === undefined;
}

const insertSql = `INSERT INTO messages (conversation, author, id, at_ms, kind, body, state, sent_ms, mention, voice, seq, position)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, ${lastPosition} + ${positionStep})) ON CONFLICT DO NOTHING`;

/** Tells the devices of one account apart. */
function voiceOf(device: DeviceId): number {
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
      row.device === undefined ? null : voiceOf(row.device),
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
        "UPDATE messages SET astray = 2 WHERE conversation = ? AND author = ? AND id = ?",
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

export type OutboxRow = {
  readonly place: number;
  readonly conversation: ConversationId;
  readonly id: ContentId;
  readonly body: Bytes;
  readonly shown: number;
  readonly roster: Bytes | null;
  readonly created_ms: UnixMs;
  readonly seq: number | null;
  readonly group_id: Bytes | null;
  readonly epoch: number | null;
  readonly parts: Bytes | null;
  readonly envelope_hash: Bytes | null;
  readonly held: string | null;
};

export function addToOutbox(
  db: Database,
  row: {
    conversation: ConversationId;
    id: ContentId;
    body: Bytes;
    shown: boolean;
    roster: Bytes | undefined;
    createdMs: UnixMs;
  },
): void {
  db.run(
    "INSERT INTO outbox (conversation, id, body, shown, roster, created_ms) VALUES (?, ?, ?, ?, ?, ?)",
    row.conversation,
    row.id,
    row.body,
    row.shown ? 1 : 0,
    row.roster ?? null,
    row.createdMs,
  );
}

/** Before everything that waits in its conversation. */
export function addAhead(
  db: Database,
  row: { conversation: ConversationId; id: ContentId; body: Bytes; createdMs: UnixMs },
): void {
  db.run(
    `INSERT INTO outbox (place, conversation, id, body, shown, created_ms)
     VALUES ((SELECT coalesce(min(place), 1) - 1 FROM outbox), ?, ?, ?, 0, ?)`,
    row.conversation,
    row.id,
    row.body,
    row.createdMs,
  );
}

/** Of what is not shown, only what is said again has a roster. */
const saidAgain = "shown = 0 AND roster IS NOT NULL AND seq IS NULL";

/** What goes next: what has its number already, then what was said, then what is said again to who asked (SY9). */
export function firstInOutbox(db: Database, conversation: ConversationId): OutboxRow | undefined {
  const said = db.get<OutboxRow>(
    `SELECT * FROM outbox WHERE conversation = ? AND NOT (${saidAgain}) ORDER BY seq IS NULL, place LIMIT 1`,
    conversation,
  );
  if (said !== undefined && (said.held === null || said.seq !== null)) return said;
  const again = db.get<OutboxRow>(
    `SELECT * FROM outbox WHERE conversation = ? AND held IS NULL AND ${saidAgain} ORDER BY place LIMIT 1`,
    conversation,
  );
  return again ?? said;
}

/** How much waits to be said again. */
export function countAgain(db: Database, conversation: ConversationId): number {
  const sql = `SELECT count(*) AS n FROM outbox WHERE conversation = ? AND ${saidAgain}`;
  return db.get<{ n: number }>(sql, conversation)?.n ?? 0;
}

export function readOutbox(db: Database, id: ContentId): OutboxRow | undefined {
  return db.get<OutboxRow>("SELECT * FROM outbox WHERE id = ?", id);
}

export function readOutboxOf(db: Database, conversation: ConversationId): readonly OutboxRow[] {
  return db.all<OutboxRow>("SELECT * FROM outbox WHERE conversation = ? ORDER BY place", conversation);
}

export function readOutboxByEcho(db: Database, envelopeHash: Bytes): OutboxRow | undefined {
  return db.get<OutboxRow>("SELECT * FROM outbox WHERE envelope_hash = ?", envelopeHash);
}

/** Whether something of this device is on its way, which may come back as an echo. */
export function hasUnderWay(db: Database): boolean {
  const sql = `SELECT 1 FROM outbox WHERE envelope_hash IS NOT NULL UNION ALL SELECT 1 FROM pending_commits LIMIT 1`;
  return db.get(sql) !== undefined;
}

/** The exact bytes in flight, stored before they leave. */
export function setInFlight(
  db: Database,
  id: ContentId,
  flight: { seq: number; groupId: Bytes; epoch: number; parts: Bytes; envelopeHash: Bytes },
): void {
  db.run(
    "UPDATE outbox SET seq = ?, group_id = ?, epoch = ?, parts = ?, envelope_hash = ? WHERE id = ?",
    flight.seq,
    flight.groupId,
    flight.epoch,
    flight.parts,
    flight.envelopeHash,
    id,
  );
}

/** To be encrypted again, under its seq: the epoch it was made for has ended without it. */
export function clearFlight(db: Database, id: ContentId): void {
  db.run("UPDATE outbox SET group_id = NULL, epoch = NULL, parts = NULL, envelope_hash = NULL WHERE id = ?", id);
}

/** What will be said instead. Bytes in flight stay as they are; made anew for another epoch, they say this (CA57). */
export function rewriteOutbox(db: Database, id: ContentId, body: Bytes): void {
  db.run("UPDATE outbox SET body = ? WHERE id = ?", body, id);
}

export function setHeld(db: Database, id: ContentId, held: string | undefined): void {
  db.run("UPDATE outbox SET held = ? WHERE id = ?", held ?? null, id);
}

export function setRosterOf(db: Database, id: ContentId, roster: Bytes | undefined): void {
  db.run("UPDATE outbox SET roster = ? WHERE id = ?", roster ?? null, id);
}

export function deleteFromOutbox(db: Database, id: ContentId): void {
  db.run("DELETE FROM outbox WHERE id = ?", id);
}

export function recordSent(
  db: Database,
  conversation: ConversationId,
  seq: number,
  id: ContentId,
  message: Bytes,
  roster: Bytes,
  nowMs: UnixMs,
): void {
  db.run(
    `INSERT INTO sent (conversation, seq, id, message, roster, kept_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (conversation, seq) DO UPDATE SET id = excluded.id, message = excluded.message, roster = excluded.roster`,
    conversation,
    seq,
    id,
    message,
    roster,
    nowMs,
  );
}

/** Of what is kept to be said again, what is too old, too much, or too large goes: the latest stays. */
export function dropOldSent(
  db: Database,
  conversation: ConversationId,
  kept: { readonly sinceMs: UnixMs; readonly messages: number; readonly bytes: number },
): number {
  return db.run(
    `DELETE FROM sent WHERE conversation = ?1 AND (kept_ms < ?2 OR seq IN (
       SELECT seq FROM (
         SELECT seq, row_number() OVER latest AS place, sum(length(message) + length(roster)) OVER latest AS bytes
         FROM sent WHERE conversation = ?1 WINDOW latest AS (ORDER BY seq DESC)
       ) WHERE place > ?3 OR bytes > ?4))`,
    conversation,
    kept.sinceMs,
    kept.messages,
    kept.bytes,
  );
}

/** What was kept before there was an end to it is kept from now on. */
export function keepSentFrom(db: Database, nowMs: UnixMs): void {
  db.run("UPDATE sent SET kept_ms = ? WHERE kept_ms = 0", nowMs);
}

export function conversationsWithSent(db: Database): readonly ConversationId[] {
  return db
    .all<{ conversation: Bytes }>("SELECT DISTINCT conversation FROM sent")
    .map(({ conversation }) => conversation);
}

/** This device's own message by its id, if it was sent from here. */
export function readSentById(
  db: Database,
  conversation: ConversationId,
  id: ContentId,
): { readonly seq: number; readonly message: Bytes } | undefined {
  return db.get("SELECT seq, message FROM sent WHERE conversation = ? AND id = ?", conversation, id);
}

/** All that this device said there, as it would be said again. */
export function readAllSent(
  db: Database,
  conversation: ConversationId,
): readonly { readonly seq: number; readonly message: Bytes }[] {
  return db.all("SELECT seq, message FROM sent WHERE conversation = ?", conversation);
}

/** What is answered from now on to devices that ask for it again. */
export function rewriteSent(db: Database, conversation: ConversationId, seq: number, message: Bytes): void {
  db.run("UPDATE sent SET message = ? WHERE conversation = ? AND seq = ?", message, conversation, seq);
}

export function readSent(
  db: Database,
  conversation: ConversationId,
  seq: number,
): { readonly message: Bytes; readonly roster: Bytes } | undefined {
  return db.get("SELECT message, roster FROM sent WHERE conversation = ? AND seq = ?", conversation, seq);
}

export type HeardRow = {
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly highest: number;
  /** 1: nothing of it was heard here yet; that it had come so far, another said (SY5). */
  readonly hearsay: 0 | 1;
  /** 1: something of it is missing. */
  readonly gaps: 0 | 1;
};
type Heard = Omit<HeardRow, "hearsay" | "gaps">;

export function readHeard(db: Database, conversation: ConversationId, device: DeviceId): HeardRow | undefined {
  return db.get<HeardRow>(
    `SELECT device, account, highest, heard_order = 0 AS hearsay,
       EXISTS (SELECT 1 FROM gaps AS g WHERE g.conversation = h.conversation AND g.device = h.device) AS gaps
     FROM heard AS h WHERE conversation = ? AND device = ?`,
    conversation,
    device,
  );
}

/**
 * How far this device was heard, as one of this account. What its key said for another account is forgotten with all
 * that is counted of it: it begins anew.
 */
export function heardAs(
  db: Database,
  conversation: ConversationId,
  device: DeviceId,
  account: AccountId,
): HeardRow | undefined {
  const row = readHeard(db, conversation, device);
  if (row === undefined || equalBytes(row.account, account)) return row;
  for (const table of ["heard", "gaps", "heal_answers", "join_askings"] as const)
    db.run(`DELETE FROM ${table} WHERE conversation = ? AND device = ?`, conversation, device);
  return undefined;
}

export function latestHeard(db: Database, conversation: ConversationId, count: number): readonly Heard[] {
  return db.all<Heard>(
    "SELECT device, account, highest FROM heard WHERE conversation = ? AND heard_order > 0 ORDER BY heard_order DESC LIMIT ?",
    conversation,
    count,
  );
}

/** What is heard takes the place of hearsay, also where that named a higher number. */
export function writeHeard(db: Database, conversation: ConversationId, row: Heard): void {
  db.run(
    `INSERT INTO heard (conversation, device, account, highest, heard_order)
     VALUES (?, ?, ?, ?, (SELECT coalesce(max(heard_order), 0) + 1 FROM heard WHERE conversation = ?))
     ON CONFLICT (conversation, device) DO UPDATE SET
       highest = iif(heard_order = 0, excluded.highest, max(highest, excluded.highest)),
       heard_order = excluded.heard_order`,
    conversation,
    row.device,
    row.account,
    row.highest,
    conversation,
  );
}

/** How far a device had come of which nothing was heard here, as the first says who tells of it. */
export function noteHearsay(db: Database, conversation: ConversationId, row: Heard): void {
  db.run(
    `INSERT INTO heard (conversation, device, account, highest, heard_order) VALUES (?, ?, ?, ?, 0)
     ON CONFLICT (conversation, device) DO NOTHING`,
    conversation,
    row.device,
    row.account,
    row.highest,
  );
}

/** A member who comes back to a conversation as a newcomer misses nothing of the time between. */
export function forgetHeard(db: Database, conversation: ConversationId, ownDevice: DeviceId): void {
  db.run("DELETE FROM heard WHERE conversation = ? AND device <> ?", conversation, ownDevice);
  db.run("DELETE FROM gaps WHERE conversation = ?", conversation);
  db.run("DELETE FROM heard_before WHERE conversation = ?", conversation);
}

export type GapRow = {
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly seq: number;
  readonly asked: number;
  readonly gone: number;
};

export function addGap(
  db: Database,
  conversation: ConversationId,
  device: DeviceId,
  account: AccountId,
  seq: number,
  nowMs: UnixMs,
): void {
  db.run(
    "INSERT INTO gaps (conversation, device, seq, account, noticed_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    conversation,
    device,
    seq,
    account,
    nowMs,
  );
}

/** Returns whether there was a gap to fill. */
export function fillGap(db: Database, conversation: ConversationId, device: DeviceId, seq: number): boolean {
  return db.run("DELETE FROM gaps WHERE conversation = ? AND device = ? AND seq = ?", conversation, device, seq) > 0;
}

export function readGaps(db: Database, conversation: ConversationId): readonly GapRow[] {
  return db.all<GapRow>(
    "SELECT device, account, seq, asked, gone FROM gaps WHERE conversation = ? ORDER BY device, seq",
    conversation,
  );
}

/** Of one device the latest `kept` are kept. */
export function dropOldGaps(db: Database, conversation: ConversationId, device: DeviceId, kept: number): void {
  db.run(
    `DELETE FROM gaps WHERE conversation = ?1 AND device = ?2 AND seq IN (
       SELECT seq FROM gaps WHERE conversation = ?1 AND device = ?2 ORDER BY seq DESC LIMIT -1 OFFSET ?3)`,
    conversation,
    device,
    kept,
  );
}

export function markAsked(db: Database, conversation: ConversationId, device: DeviceId, seq: number): void {
  db.run(
    "UPDATE gaps SET asked = asked + 1 WHERE conversation = ? AND device = ? AND seq = ?",
    conversation,
    device,
    seq,
  );
}

export function markGone(db: Database, conversation: ConversationId, device: DeviceId, seq: number): void {
  db.run("UPDATE gaps SET gone = 1 WHERE conversation = ? AND device = ? AND seq = ?", conversation, device, seq);
}

/** Something else goes out under the id and the number of an item that may be on its way. */
export function replaceInOutbox(db: Database, id: ContentId, body: Bytes): void {
  clearFlight(db, id);
  db.run("UPDATE outbox SET body = ?, shown = 0, roster = NULL, held = NULL WHERE id = ?", body, id);
}

/** An item that shall not be said any more, though its seq is spent: something empty goes in its place. */
export function voidOutbox(db: Database, id: ContentId, body: Bytes, conversation: ConversationId, seq: number): void {
  replaceInOutbox(db, id, body);
  db.run("DELETE FROM sent WHERE conversation = ? AND seq = ?", conversation, seq);
}
