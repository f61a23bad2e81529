/** The timeline, the outbox, and the record of what was heard from whom. */
import type { AccountId, Bytes, ContentId, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type MessageState = "sending" | "sent" | "failed" | "waiting-tap";

/** Answers false when (author, id) is there already: a repeat (SY4). */
export function insertMessage(
  db: Database,
  row: {
    conversation: ConversationId;
    author: AccountId;
    id: ContentId;
    atMs: UnixMs;
    kind: string;
    body: Bytes;
    state: MessageState;
  },
): boolean {
  return (
    db.run(
      "INSERT INTO messages (conversation, author, id, at_ms, kind, body, state) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      row.conversation,
      row.author,
      row.id,
      row.atMs,
      row.kind,
      row.body,
      row.state,
    ) > 0
  );
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

export function deleteMessage(db: Database, conversation: ConversationId, author: AccountId, id: ContentId): void {
  db.run("DELETE FROM messages WHERE conversation = ? AND author = ? AND id = ?", conversation, author, id);
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

export function firstInOutbox(db: Database, conversation: ConversationId): OutboxRow | undefined {
  return db.get<OutboxRow>("SELECT * FROM outbox WHERE conversation = ? ORDER BY place LIMIT 1", conversation);
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
  message: Bytes,
  roster: Bytes,
): void {
  db.run(
    "INSERT INTO sent (conversation, seq, message, roster) VALUES (?, ?, ?, ?) ON CONFLICT (conversation, seq) DO UPDATE SET message = excluded.message, roster = excluded.roster",
    conversation,
    seq,
    message,
    roster,
  );
}

export function readSent(
  db: Database,
  conversation: ConversationId,
  seq: number,
): { readonly message: Bytes; readonly roster: Bytes } | undefined {
  return db.get("SELECT message, roster FROM sent WHERE conversation = ? AND seq = ?", conversation, seq);
}

export type HeardRow = { readonly device: DeviceId; readonly account: AccountId; readonly highest: number };

export function readHeard(db: Database, conversation: ConversationId, device: DeviceId): HeardRow | undefined {
  return db.get<HeardRow>(
    "SELECT device, account, highest FROM heard WHERE conversation = ? AND device = ?",
    conversation,
    device,
  );
}

export function latestHeard(db: Database, conversation: ConversationId, count: number): readonly HeardRow[] {
  return db.all<HeardRow>(
    "SELECT device, account, highest FROM heard WHERE conversation = ? ORDER BY heard_order DESC LIMIT ?",
    conversation,
    count,
  );
}

export function writeHeard(db: Database, conversation: ConversationId, row: HeardRow): void {
  db.run(
    `INSERT INTO heard (conversation, device, account, highest, heard_order)
     VALUES (?, ?, ?, ?, (SELECT coalesce(max(heard_order), 0) + 1 FROM heard WHERE conversation = ?))
     ON CONFLICT (conversation, device) DO UPDATE SET highest = max(highest, excluded.highest), heard_order = excluded.heard_order`,
    conversation,
    row.device,
    row.account,
    row.highest,
    conversation,
  );
}

/** Whoever comes back to a conversation as a newcomer misses nothing of the time between. */
export function forgetHeard(db: Database, conversation: ConversationId, ownDevice: DeviceId): void {
  db.run("DELETE FROM heard WHERE conversation = ? AND device <> ?", conversation, ownDevice);
  db.run("DELETE FROM gaps WHERE conversation = ?", conversation);
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

/** Answers whether there was a gap to fill. */
export function fillGap(db: Database, conversation: ConversationId, device: DeviceId, seq: number): boolean {
  return db.run("DELETE FROM gaps WHERE conversation = ? AND device = ? AND seq = ?", conversation, device, seq) > 0;
}

export function readGaps(db: Database, conversation: ConversationId): readonly GapRow[] {
  return db.all<GapRow>(
    "SELECT device, account, seq, asked, gone FROM gaps WHERE conversation = ? ORDER BY device, seq",
    conversation,
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

/** An item that shall not be said any more, though its seq is spent: something empty goes in its place. */
export function voidOutbox(db: Database, id: ContentId, body: Bytes, conversation: ConversationId, seq: number): void {
  clearFlight(db, id);
  db.run("UPDATE outbox SET body = ?, shown = 0, roster = NULL, held = NULL WHERE id = ?", body, id);
  db.run("DELETE FROM sent WHERE conversation = ? AND seq = ?", conversation, seq);
}
