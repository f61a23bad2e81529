/** What this version does not know yet (docs/spec/sync.md SY50–SY52), whole, until an update can read it. */
import type { AccountId, Bytes, ContentId, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { freePosition, lastPosition, positionStep } from "./messages.ts";

export const tooNewLimits = { rowsMax: 4_096, bytesMax: 8 << 20, itemsMax: 1_024, itemBytesMax: 4 << 20 } as const;

export type TooNewRow = {
  readonly place: number;
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly device: DeviceId;
  readonly id: ContentId;
  readonly seq: number;
  /** In the timeline: where it stands, or would. */
  readonly position: number;
  readonly sent_ms: UnixMs;
  readonly body: Bytes;
};

/** Of a conversation the latest are kept, as far as the limits go. Returns how many went for it. */
export function keepTooNew(db: Database, row: Omit<TooNewRow, "place" | "position">): number {
  db.run(
    `INSERT INTO too_new (conversation, author, device, id, seq, position, sent_ms, body)
     VALUES (?, ?, ?, ?, ?, ${lastPosition} + ${positionStep / 2}, ?, ?) ON CONFLICT DO NOTHING`,
    row.conversation,
    row.author,
    row.device,
    row.id,
    row.seq,
    row.sent_ms,
    row.body,
  );
  return db.run(
    `DELETE FROM too_new WHERE place IN (
       SELECT place FROM (
         SELECT place, sum(length(body)) OVER newest AS bytes, count(*) OVER newest AS rows
         FROM too_new WHERE conversation = ? WINDOW newest AS (ORDER BY place DESC)
       ) WHERE bytes > ? OR rows > ?)`,
    row.conversation,
    tooNewLimits.bytesMax,
    tooNewLimits.rowsMax,
  );
}

/** The oldest first, from behind `after` on. */
export function readTooNew(db: Database, after: number, limit: number): readonly TooNewRow[] {
  return db.all<TooNewRow>("SELECT * FROM too_new WHERE place > ? ORDER BY place LIMIT ?", after, limit);
}

/** Where it stands from now on: in the place that it holds, or has waited for. Undefined where that is taken. */
export function positionOfTooNew(db: Database, { conversation, author, id, position }: TooNewRow): number | undefined {
  const sql = "SELECT position FROM messages WHERE conversation = ? AND author = ? AND id = ?";
  return db.get<{ position: number }>(sql, conversation, author, id)?.position ?? freePosition(db, position);
}

export function dropTooNew(db: Database, { place }: Pick<TooNewRow, "place">): void {
  db.run("DELETE FROM too_new WHERE place = ?", place);
}

/** @param upToMs what its author stamped later stays. */
export function clearTooNew(db: Database, conversation: ConversationId, upToMs: UnixMs): void {
  db.run("DELETE FROM too_new WHERE conversation = ? AND sent_ms <= ?", conversation, upToMs);
}

/** The latest are kept, as far as the limits go. Returns how many went for it. */
export function keepUnknownItem(db: Database, item: Bytes, by: DeviceId): number {
  db.run("INSERT INTO unknown_items (item, by) VALUES (?, ?) ON CONFLICT DO NOTHING", item, by);
  return db.run(
    `DELETE FROM unknown_items WHERE place IN (
       SELECT place FROM (
         SELECT place, sum(length(item)) OVER newest AS bytes, count(*) OVER newest AS rows
         FROM unknown_items WINDOW newest AS (ORDER BY place DESC)
       ) WHERE bytes > ? OR rows > ?)`,
    tooNewLimits.itemBytesMax,
    tooNewLimits.itemsMax,
  );
}

export type UnknownItemRow = { readonly place: number; readonly item: Bytes; readonly by: DeviceId };

export function readUnknownItems(db: Database): readonly UnknownItemRow[] {
  return db.all<UnknownItemRow>("SELECT * FROM unknown_items ORDER BY place");
}

export function dropUnknownItem(db: Database, { place }: Pick<UnknownItemRow, "place">): void {
  db.run("DELETE FROM unknown_items WHERE place = ?", place);
}

export type VaultNewerRow = { readonly at: number; readonly belief: string; readonly hash: Bytes };

/** The segment at `at` is to be read again by a later version, and believed as it was now. */
export function noteVaultNewer(db: Database, { at, belief, hash }: VaultNewerRow): void {
  db.run(
    `INSERT INTO vault_newer (at, belief, hash) VALUES (?, ?, ?)
     ON CONFLICT (at) DO UPDATE SET belief = excluded.belief, hash = excluded.hash`,
    at,
    belief,
    hash,
  );
}

export function readVaultNewer(db: Database, at: number): VaultNewerRow | undefined {
  return db.get<VaultNewerRow>("SELECT * FROM vault_newer WHERE at = ?", at);
}

export function dropVaultNewer(db: Database, at: number): void {
  db.run("DELETE FROM vault_newer WHERE at = ?", at);
}

/** They are unread again. */
export function rereadVaultNewer(db: Database): void {
  db.run(
    `INSERT INTO vault_unread (start, below)
     SELECT at, at + 1 FROM vault_newer
     WHERE NOT EXISTS (SELECT 1 FROM vault_unread WHERE start <= vault_newer.at AND below > vault_newer.at)
     ON CONFLICT DO NOTHING`,
  );
}
