/**
 * Heard: how far each device of a conversation was heard, and which of its messages are missing (docs/spec/sync.md
 * SY5–SY9).
 */
import { type AccountId, type ConversationId, type DeviceId, equalBytes, type UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type HeardRow = {
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly highest: number;
  /** 1: nothing of it was heard here yet; that it had come so far, another said (SY5). */
  readonly isReported: 0 | 1;
  /** 1: something of it is missing. */
  readonly gaps: 0 | 1;
};
type Heard = Omit<HeardRow, "isReported" | "gaps">;

export function readHeard(db: Database, conversation: ConversationId, device: DeviceId): HeardRow | undefined {
  return db.get<HeardRow>(
    `SELECT device, account, highest, heard_order = 0 AS isReported,
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
  for (const table of ["heard", "gaps", "resync_answers", "join_askings"] as const)
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

/** What is heard takes the place of what others reported, also where that named a higher number. */
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
export function noteReportedMark(db: Database, conversation: ConversationId, row: Heard): void {
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
