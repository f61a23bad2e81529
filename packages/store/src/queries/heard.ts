/**
 * Heard: the highest `seq` received from each device in a conversation, and the missing ones (docs/spec/sync.md
 * SY5–SY9).
 */
import { type AccountId, type ConversationId, type DeviceId, equalBytes, type UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type HeardRow = {
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly highest: number;
  /** 1: this device has no message of it; another device reported `highest` (SY5). */
  readonly isReported: 0 | 1;
  /** 1: messages of it are missing. */
  readonly gaps: 0 | 1;
  /** The own message that it has not heard by its own word, and when that was noticed (SY70). */
  readonly behindSeq: number | null;
  readonly behindMs: UnixMs | null;
};
type Heard = Pick<HeardRow, "device" | "account" | "highest">;

export function readHeard(db: Database, conversation: ConversationId, device: DeviceId): HeardRow | undefined {
  return db.get<HeardRow>(
    `SELECT device, account, highest, heard_order = 0 AS isReported, behind_seq AS behindSeq, behind_ms AS behindMs,
       EXISTS (SELECT 1 FROM gaps AS g WHERE g.conversation = h.conversation AND g.device = h.device) AS gaps
     FROM heard AS h WHERE conversation = ? AND device = ?`,
    conversation,
    device,
  );
}

/**
 * Returns the row of a device as one of this account. If the device was another account's before, its row and gaps are
 * deleted, and it begins anew.
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

/** Stores a received `seq`. It replaces a number that others reported, even a higher one. */
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

/** A device says that it has not heard this own message; undefined: that it heard all. Inside a transaction. */
export function writeBehind(
  db: Database,
  conversation: ConversationId,
  device: DeviceId,
  behind: { readonly seq: number; readonly ms: UnixMs } | undefined,
): void {
  db.run(
    "UPDATE heard SET behind_seq = ?, behind_ms = ? WHERE conversation = ? AND device = ?",
    behind?.seq ?? null,
    behind?.ms ?? null,
    conversation,
    device,
  );
}

/** Stores the number that another device reports of one from which nothing was received. The first report stays. */
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

/**
 * Stores the number that a lost own device reports. It replaces what others reported, and nothing that was received.
 */
export function setReportedMark(db: Database, conversation: ConversationId, row: Heard): void {
  db.run(
    `INSERT INTO heard (conversation, device, account, highest, heard_order) VALUES (?, ?, ?, ?, 0)
     ON CONFLICT (conversation, device) DO UPDATE SET highest = excluded.highest WHERE heard_order = 0`,
    conversation,
    row.device,
    row.account,
    row.highest,
  );
}

/** Forgets all numbers: a member who joins again as a newcomer does not miss messages from the time between. */
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

/** Keeps only the latest `kept` gaps of a device. */
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

/** What of the device is missing counts as not asked for yet. */
export function unmarkAsked(db: Database, conversation: ConversationId, device: DeviceId): void {
  db.run("UPDATE gaps SET asked = 0 WHERE conversation = ? AND device = ? AND gone = 0", conversation, device);
}

export function markGone(db: Database, conversation: ConversationId, device: DeviceId, seq: number): void {
  db.run("UPDATE gaps SET gone = 1 WHERE conversation = ? AND device = ? AND seq = ?", conversation, device, seq);
}
