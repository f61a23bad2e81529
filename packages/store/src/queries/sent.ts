/** Sent: what this device said, kept for a while to be said again to a device that asks (docs/spec/sync.md SY9). */
import type { Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export function recordSent(
  db: Database,
  conversation: ConversationId,
  sent: {
    readonly seq: number;
    readonly id: ContentId;
    readonly message: Bytes;
    readonly roster: Bytes;
    /** It matters for a moment alone. */
    readonly isAside: boolean;
  },
  nowMs: UnixMs,
): void {
  db.run(
    `INSERT INTO sent (conversation, seq, id, message, roster, kept_ms, aside) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (conversation, seq) DO UPDATE SET id = excluded.id, message = excluded.message,
       roster = excluded.roster, aside = excluded.aside`,
    conversation,
    sent.seq,
    sent.id,
    sent.message,
    sent.roster,
    nowMs,
    sent.isAside ? 1 : 0,
  );
}

/**
 * Of what is kept to be said again, what is too old, too much, or too large goes: the latest stays. What matters for a
 * moment alone is counted apart.
 */
export function dropOldSent(
  db: Database,
  conversation: ConversationId,
  kept: { readonly sinceMs: UnixMs; readonly messages: number; readonly bytes: number },
): number {
  return db.run(
    `DELETE FROM sent WHERE conversation = ?1 AND (kept_ms < ?2 OR seq IN (
       SELECT seq FROM (
         SELECT seq, row_number() OVER latest AS place, sum(length(message) + length(roster)) OVER latest AS bytes
         FROM sent WHERE conversation = ?1 WINDOW latest AS (PARTITION BY aside ORDER BY seq DESC)
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
  return db.get(
    "SELECT seq, message FROM sent WHERE conversation = ? AND id = ? AND length(message) > 0",
    conversation,
    id,
  );
}

/** All that this device said there, as it would be said again. */
export function readAllSent(
  db: Database,
  conversation: ConversationId,
): readonly { readonly seq: number; readonly message: Bytes }[] {
  return db.all("SELECT seq, message FROM sent WHERE conversation = ? AND length(message) > 0", conversation);
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

/** Own messages after `seq` that home has taken and that people said, the first ones; with who was there. */
export function takenAfter(
  db: Database,
  conversation: ConversationId,
  seq: number,
  count: number,
): readonly { readonly seq: number; readonly roster: Bytes; readonly kept_ms: UnixMs }[] {
  return db.all(
    `SELECT seq, roster, kept_ms FROM sent AS s
     WHERE conversation = ?1 AND seq > ?2 AND aside = 0 AND length(roster) > 0
       AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.conversation = ?1 AND o.seq = s.seq)
     ORDER BY seq LIMIT ?3`,
    conversation,
    seq,
    count,
  );
}
