/** What this version does not know yet (docs/spec/sync.md SY50–SY52), whole, until an update can read it. */
import type { AccountId, Bytes, ContentId, ConversationId, DeviceId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import { lastPosition, positionStep } from "./messages.ts";

export const tooNewLimits = {
  /** Of one author in one conversation. */
  rowsMax: 512,
  bytesMax: 2 << 20,
  /** Of all. */
  allRowsMax: 16_384,
  allBytesMax: 64 << 20,
  itemsMax: 1_024,
  itemBytesMax: 4 << 20,
} as const;

export type TooNewRow = {
  readonly place: number;
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly device: DeviceId;
  readonly id: ContentId;
  readonly seq: number;
  /** In the timeline: where it stands, or would. */
  readonly position: number;
  /** As it is shown: never later than when it came. */
  readonly at_ms: UnixMs;
  readonly sent_ms: UnixMs;
  readonly body: Bytes;
};

/** Behind all that is here, before all that comes; each its own. */
const nextPosition = `(
  SELECT coalesce(max(position) + 1, ${lastPosition} + ${positionStep / 2}) FROM too_new
  WHERE position >= ${lastPosition} + ${positionStep / 2} AND position < ${lastPosition} + ${positionStep})`;

/** The latest of each author are kept, as far as the limits go. Returns how many went for it. */
export function keepTooNew(db: Database, row: Omit<TooNewRow, "place" | "position">): number {
  db.run(
    `INSERT INTO too_new (conversation, author, device, id, seq, position, at_ms, sent_ms, body)
     VALUES (?, ?, ?, ?, ?, ${nextPosition}, ?, ?, ?) ON CONFLICT DO NOTHING`,
    row.conversation,
    row.author,
    row.device,
    row.id,
    row.seq,
    row.at_ms,
    row.sent_ms,
    row.body,
  );
  let gone = dropOldest(db, row, tooNewLimits.rowsMax, tooNewLimits.bytesMax);
  // Of all, the one who fills most gives way.
  for (let all = sizeOfTooNew(db); isOver(all); all = sizeOfTooNew(db)) {
    const most = db.get<Pick<TooNewRow, "conversation" | "author"> & { rows: number; bytes: number }>(
      `SELECT conversation, author, count(*) AS rows, sum(length(body)) AS bytes FROM too_new
       GROUP BY conversation, author ORDER BY bytes DESC, rows DESC LIMIT 1`,
    );
    if (most === undefined) break;
    gone += dropOldest(db, most, Math.max(0, most.rows - 1), Math.floor(most.bytes / 2));
  }
  return gone;
}

function isOver({ rows, bytes }: { readonly rows: number; readonly bytes: number }): boolean {
  return rows > tooNewLimits.allRowsMax || bytes > tooNewLimits.allBytesMax;
}

function dropOldest(
  db: Database,
  { conversation, author }: Pick<TooNewRow, "conversation" | "author">,
  rowsMax: number,
  bytesMax: number,
): number {
  return db.run(
    `DELETE FROM too_new WHERE place IN (
       SELECT place FROM (
         SELECT place, sum(length(body)) OVER newest AS bytes, count(*) OVER newest AS rows
         FROM too_new WHERE conversation = ? AND author = ? WINDOW newest AS (ORDER BY place DESC)
       ) WHERE bytes > ? OR rows > ?)`,
    conversation,
    author,
    bytesMax,
    rowsMax,
  );
}

/** Of one conversation, or of all. */
export function sizeOfTooNew(
  db: Database,
  conversation?: ConversationId,
): { readonly rows: number; readonly bytes: number } {
  const sql = "SELECT count(*) AS rows, coalesce(sum(length(body)), 0) AS bytes FROM too_new";
  type Size = { readonly rows: number; readonly bytes: number };
  const size =
    conversation === undefined ? db.get<Size>(sql) : db.get<Size>(`${sql} WHERE conversation = ?`, conversation);
  return size ?? { rows: 0, bytes: 0 };
}

/** The places of what is kept, the oldest first, from behind `after` on. */
export function tooNewPlaces(db: Database, after: number, limit: number): readonly number[] {
  return db
    .all<{ place: number }>("SELECT place FROM too_new WHERE place > ? ORDER BY place LIMIT ?", after, limit)
    .map(({ place }) => place);
}

export function readTooNew(db: Database, place: number): TooNewRow | undefined {
  return db.get<TooNewRow>("SELECT * FROM too_new WHERE place = ?", place);
}

export function dropTooNew(db: Database, { place }: Pick<TooNewRow, "place">): void {
  db.run("DELETE FROM too_new WHERE place = ?", place);
}

/** @param upToMs keeps what is shown as later; everything goes without it. */
export function clearTooNew(
  db: Database,
  conversation: ConversationId,
  upToMs: UnixMs = Number.MAX_SAFE_INTEGER,
): void {
  db.run("DELETE FROM too_new WHERE conversation = ? AND at_ms <= ?", conversation, upToMs);
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

export type VaultNewerRow = { readonly at: number; readonly hash: Bytes };

/** The segment at `at` is to be read again by a later version. @param hash of its bytes, which were believed. */
export function noteVaultNewer(db: Database, { at, hash }: VaultNewerRow): void {
  db.run(
    "INSERT INTO vault_newer (at, hash) VALUES (?, ?) ON CONFLICT (at) DO UPDATE SET hash = excluded.hash",
    at,
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
