/** What newcomers are handed of before they came (docs/spec/groups.md GR32): given from here, and taken in here. */
import type { AccountId, Address, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { freePosition, lastPosition, leaveRoom, positionStep } from "./messages.ts";

export type Handover = {
  readonly conversation: ConversationId;
  readonly account: AccountId;
  readonly since_ms: UnixMs;
  readonly below: number;
  readonly place: number;
};

/** All that is here now. A member who comes again is handed it anew. */
export function beginHandover(
  db: Database,
  { conversation, account, since_ms }: Pick<Handover, "conversation" | "account" | "since_ms">,
): void {
  dropHandover(db, conversation, account);
  db.run(
    `INSERT INTO handovers (conversation, account, since_ms, below, place) VALUES (?, ?, ?, ${lastPosition} + 1, 0)`,
    conversation,
    account,
    since_ms,
  );
}

export function nextHandover(db: Database): Handover | undefined {
  return db.get<Handover>(
    "SELECT conversation, account, since_ms, below, place FROM handovers WHERE done = 0 ORDER BY conversation, account LIMIT 1",
  );
}

export function readHandover(db: Database, conversation: ConversationId, account: AccountId): Handover | undefined {
  return db.get<Handover>(
    "SELECT conversation, account, since_ms, below, place FROM handovers WHERE conversation = ? AND account = ? AND done = 0",
    conversation,
    account,
  );
}

export function moveHandover(
  db: Database,
  { conversation, account }: Pick<Handover, "conversation" | "account">,
  to: { readonly below: number; readonly place: number; readonly isDone: boolean },
): void {
  db.run(
    "UPDATE handovers SET below = ?, place = ?, done = ? WHERE conversation = ? AND account = ?",
    to.below,
    to.place,
    to.isDone ? 1 : 0,
    conversation,
    account,
  );
}

export function dropHandover(db: Database, conversation: ConversationId, account: AccountId): void {
  for (const table of ["handovers", "handover_parts"] as const)
    db.run(`DELETE FROM ${table} WHERE conversation = ? AND account = ?`, conversation, account);
}

/** This device is out of the conversation: it hands nothing over, and is handed nothing. */
export function dropHistoryWork(db: Database, conversation: ConversationId): void {
  for (const table of ["handovers", "handover_parts", "handed_parts", "arrivals"] as const)
    db.run(`DELETE FROM ${table} WHERE conversation = ?`, conversation);
}

export type HandoverPart = {
  readonly conversation: ConversationId;
  readonly account: AccountId;
  readonly place: number;
  readonly pointer: Bytes;
  readonly expires_day: number;
};

export function addHandoverPart(db: Database, row: HandoverPart): void {
  db.run(
    "INSERT INTO handover_parts (conversation, account, place, pointer, expires_day) VALUES (?, ?, ?, ?, ?)",
    row.conversation,
    row.account,
    row.place,
    row.pointer,
    row.expires_day,
  );
}

export function readHandoverPart(
  db: Database,
  conversation: ConversationId,
  account: AccountId,
  place: number,
): HandoverPart | undefined {
  return db.get<HandoverPart>(
    "SELECT * FROM handover_parts WHERE conversation = ? AND account = ? AND place = ?",
    conversation,
    account,
    place,
  );
}

export function handoverPlaces(db: Database, conversation: ConversationId, account: AccountId): readonly number[] {
  return db
    .all<{ place: number }>(
      "SELECT place FROM handover_parts WHERE conversation = ? AND account = ? ORDER BY place",
      conversation,
      account,
    )
    .map(({ place }) => place);
}

/** Parts that home has no more; and with the last of them that anything was handed over. */
export function forgetOldHandovers(db: Database, today: number): void {
  db.run("DELETE FROM handover_parts WHERE expires_day <= ?", today);
  db.run(
    `DELETE FROM handovers WHERE done = 1 AND NOT EXISTS (
       SELECT 1 FROM handover_parts AS p WHERE p.conversation = handovers.conversation AND p.account = handovers.account)`,
  );
}

export type ToHand = {
  readonly position: number;
  readonly author: AccountId;
  readonly id: ContentId;
  readonly at_ms: UnixMs;
  readonly sent_ms: UnixMs;
  readonly edited_ms: UnixMs;
  readonly kind: string;
  readonly body: Bytes;
};

/** The newest first. What was deleted on another own device is left out. @param kinds a list in SQL. */
export function readToHand(db: Database, handover: Handover, kinds: string, limit: number): readonly ToHand[] {
  return db.all<ToHand>(
    `SELECT position, author, id, at_ms, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sent_ms, edited_ms, kind, body
     FROM messages
     WHERE conversation = ? AND position < ? AND at_ms >= ? AND state = 'sent' AND vault < 2 AND kind IN ${kinds}
     ORDER BY position DESC LIMIT ?`,
    handover.conversation,
    handover.below,
    handover.since_ms,
    limit,
  );
}

/** The chat was cleared here: nothing of before comes any more. */
export function dropArrival(db: Database, conversation: ConversationId): void {
  for (const table of ["handed_parts", "arrivals"] as const)
    db.run(`DELETE FROM ${table} WHERE conversation = ?`, conversation);
}

export type Arrival = {
  readonly conversation: ConversationId;
  readonly inviter: AccountId;
  readonly present: Bytes;
  readonly since_ms: UnixMs;
  readonly ceiling: number;
  readonly anchor: number | null;
};

/** So far what is handed over stands apart, so that what came first-hand may stand between. */
const handedStep = 64;
const roomSteps = 2 ** 18;
const room = handedStep * roomSteps;

/**
 * This account came: before what comes from now on there is room for what it is handed, and nothing of that is unread.
 */
export function beginArrival(db: Database, row: Omit<Arrival, "ceiling" | "anchor">): void {
  dropHistoryWork(db, row.conversation);
  leaveRoom(db, room);
  db.run(
    `INSERT INTO arrivals (conversation, inviter, present, since_ms, ceiling) VALUES (?, ?, ?, ?, ${lastPosition})`,
    row.conversation,
    row.inviter,
    row.present,
    row.since_ms,
  );
  db.run(
    `UPDATE conversations SET read_order = max(read_order, ${lastPosition}) WHERE conversation = ?`,
    row.conversation,
  );
}

export function readArrival(db: Database, conversation: ConversationId): Arrival | undefined {
  return db.get<Arrival>("SELECT * FROM arrivals WHERE conversation = ?", conversation);
}

export type HandedPartRow = {
  readonly conversation: ConversationId;
  readonly by: AccountId;
  readonly place: number;
  readonly address: Address;
  readonly sealed: Bytes;
  readonly pointer: Bytes | null;
};

/** One that was told before is the same. */
export function addHandedPart(db: Database, row: Omit<HandedPartRow, "pointer">): void {
  db.run(
    "INSERT INTO handed_parts (conversation, by, place, address, sealed) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    row.conversation,
    row.by,
    row.place,
    row.address,
    row.sealed,
  );
}

export function countHandedParts(db: Database, conversation: ConversationId): number {
  const sql = "SELECT count(*) AS count FROM handed_parts WHERE conversation = ?";
  return db.get<{ count: number }>(sql, conversation)?.count ?? 0;
}

const partColumns = "p.conversation, p.by, p.place, p.address, p.sealed, p.pointer";

/** Told, and not opened yet. */
export function sealedParts(db: Database): readonly HandedPartRow[] {
  return db.all<HandedPartRow>(
    `SELECT ${partColumns} FROM handed_parts AS p WHERE p.done = 0 AND p.pointer IS NULL ORDER BY p.conversation, p.place`,
  );
}

export function setPointer(db: Database, { conversation, by, place }: HandedPartRow, pointer: Bytes): void {
  db.run(
    "UPDATE handed_parts SET pointer = ?, sealed = x'' WHERE conversation = ? AND by = ? AND place = ?",
    pointer,
    conversation,
    by,
    place,
  );
}

/** The next to be fetched: in conversations that the person takes part in, the newest first. */
export function nextHandedPart(db: Database): HandedPartRow | undefined {
  return db.get<HandedPartRow>(
    `SELECT ${partColumns} FROM handed_parts AS p JOIN conversations AS c ON c.conversation = p.conversation
     WHERE p.done = 0 AND p.pointer IS NOT NULL AND c.state = 'open' ORDER BY p.place LIMIT 1`,
  );
}

/** Its key is not needed any more; that it was told stays known. */
export function finishHandedPart(db: Database, { conversation, by, place }: HandedPartRow): void {
  db.run(
    "UPDATE handed_parts SET done = 1, pointer = NULL, sealed = x'' WHERE conversation = ? AND by = ? AND place = ?",
    conversation,
    by,
    place,
  );
}

export type HandedRow = Omit<ToHand, "position"> & {
  readonly conversation: ConversationId;
  readonly handed_by: AccountId;
};

/**
 * Puts a message where it belongs by its place: before what came since the arrival. Returns whether it was put there.
 */
export function insertHanded(db: Database, row: HandedRow, arrival: Arrival, place: number): boolean {
  const { ceiling, anchor } = arrival;
  const wanted = anchor === null ? ceiling - (place + 1) * handedStep : anchor - positionStep / 2 ** 13;
  const position = freePosition(db, wanted);
  if (position === undefined) return false;
  db.run(
    `INSERT INTO messages (position, conversation, author, id, at_ms, kind, body, state, sent_ms, edited_ms, handed_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'sent', ?, ?, ?)`,
    position,
    row.conversation,
    row.author,
    row.id,
    row.at_ms,
    row.kind,
    row.body,
    row.sent_ms,
    row.edited_ms,
    row.handed_by,
  );
  if (anchor !== null) setAnchor(db, row.conversation, position);
  return true;
}

/** What is handed over of before an own copy stands before that. Only such that lie below the room are one. */
export function meetOwnCopy(db: Database, arrival: Arrival, position: number): void {
  if (position <= arrival.ceiling - room) setAnchor(db, arrival.conversation, position);
}

function setAnchor(db: Database, conversation: ConversationId, position: number): void {
  db.run(
    "UPDATE arrivals SET anchor = ? WHERE conversation = ? AND (anchor IS NULL OR anchor > ?)",
    position,
    conversation,
    position,
  );
}

/** A message that was only handed over is as its author says: by the vault of this account, which heard it. */
export function makeFirstHand(
  db: Database,
  name: { readonly conversation: ConversationId; readonly author: AccountId; readonly id: ContentId },
  said: {
    readonly kind: string;
    readonly body: Bytes;
    readonly atMs: UnixMs;
    readonly sentMs: UnixMs;
    readonly editedMs: UnixMs;
  },
): void {
  db.run(
    `UPDATE messages SET kind = ?, body = ?, at_ms = ?, sent_ms = ?, edited_ms = ?, handed_by = NULL
     WHERE conversation = ? AND author = ? AND id = ?`,
    said.kind,
    said.body,
    said.atMs,
    said.sentMs,
    said.editedMs,
    name.conversation,
    name.author,
    name.id,
  );
}
