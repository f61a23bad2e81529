/** Outbox: messages that are not stored at home yet, and the exact bytes in flight (docs/spec/sync.md SY1, SY2). */
import type { Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

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
    goesLast?: boolean;
  },
): void {
  db.run(
    `INSERT INTO outbox (conversation, id, body, shown, roster, created_ms, goes_last)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    row.conversation,
    row.id,
    row.body,
    row.shown ? 1 : 0,
    row.roster ?? null,
    row.createdMs,
    row.goesLast === true ? 1 : 0,
  );
}

/** Adds a message before all others that wait in its conversation. */
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

/** SQL: the row is a resent message: of rows that are not shown, only these have a roster. */
const saidAgain = "shown = 0 AND roster IS NOT NULL AND seq IS NULL";

/**
 * The next message to send: first one with a `seq`, then new ones, of which some go last (PR74), then messages resent
 * on request (SY9).
 */
export function firstInOutbox(db: Database, conversation: ConversationId): OutboxRow | undefined {
  const first = (which: string) =>
    db.get<OutboxRow>(`SELECT * FROM outbox WHERE conversation = ? AND ${which} ORDER BY place LIMIT 1`, conversation);
  // To sort them would read all that wait, and what a program shares may be much (PR71).
  const isNew = "seq IS NULL AND (roster IS NULL OR shown = 1)";
  const said = first("seq IS NOT NULL") ?? first(`goes_last = 0 AND ${isNew}`) ?? first(`goes_last = 1 AND ${isNew}`);
  if (said !== undefined && (said.held === null || said.seq !== null)) return said;
  return first(`held IS NULL AND ${saidAgain}`) ?? said;
}

/** The number of waiting messages that are resent on request. */
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

/** Whether a post of this device is in flight, which may come back as an echo. */
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

/** Drops the encrypted bytes, because their epoch ended before the gate accepted them. The `seq` stays. */
export function clearFlight(db: Database, id: ContentId): void {
  db.run("UPDATE outbox SET group_id = NULL, epoch = NULL, parts = NULL, envelope_hash = NULL WHERE id = ?", id);
}

/** Changes the body. Bytes in flight stay; the new body is used if they are encrypted again (CA57). */
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

/** Sends another body under the id and `seq` of a message that may be in flight. */
export function replaceInOutbox(db: Database, id: ContentId, body: Bytes): void {
  clearFlight(db, id);
  db.run("UPDATE outbox SET body = ?, shown = 0, roster = NULL, held = NULL WHERE id = ?", body, id);
}

/** Replaces a message that must not be sent any more by an empty one, because its `seq` is used. */
export function voidOutbox(db: Database, id: ContentId, body: Bytes, conversation: ConversationId, seq: number): void {
  replaceInOutbox(db, id, body);
  db.run("DELETE FROM sent WHERE conversation = ? AND seq = ?", conversation, seq);
}
