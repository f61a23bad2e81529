/** What this device still has to write to the account's vault, and to read from it (docs/spec/vault.md). */
import {
  type AccountId,
  type Bytes,
  type ContentId,
  type ConversationId,
  type DeviceId,
  toHex,
  type UnixMs,
} from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { MessageName } from "./marks.ts";
import { freePosition, lastPosition, leaveRoom, positionStep } from "./messages.ts";
import { compareOrders, wholeOf } from "./vault-order.ts";

export type VaultKeyRow = {
  readonly id: Bytes;
  readonly epoch: number;
  readonly key: Bytes;
  /** The device that sent the key; null for a key of a recovery record or device backup, which only decrypts (VA23). */
  readonly told_by: DeviceId | null;
};

/** The newest epoch first; two keys of one epoch are in the same order on every device. */
export function readVaultKeys(db: Database): readonly VaultKeyRow[] {
  return db.all<VaultKeyRow>("SELECT id, epoch, key, told_by FROM vault_keys ORDER BY epoch DESC, id");
}

/** Returns whether the key is new: then segments that no key opened are tried again. */
export function addVaultKey(db: Database, { id, epoch, key, told_by }: VaultKeyRow): boolean {
  const isNew =
    db.run(
      `INSERT INTO vault_keys (id, epoch, key, told_by) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, told_by = excluded.told_by
       WHERE vault_keys.told_by IS NULL AND excluded.told_by IS NOT NULL`,
      id,
      epoch,
      key,
      told_by,
    ) > 0;
  if (isNew) db.run("UPDATE vault_unread SET locked = 0");
  return isNew;
}

export type VaultBegin = { readonly epoch: number; readonly at: number };

/** Notes the segment number at which an epoch begins. Of several reports the highest wins. */
export function noteVaultBegin(db: Database, { epoch, at }: VaultBegin): void {
  db.run(
    `INSERT INTO vault_begins (epoch, at) VALUES (?, ?)
     ON CONFLICT (epoch) DO UPDATE SET at = excluded.at WHERE excluded.at > vault_begins.at`,
    epoch,
    at,
  );
}

/** Lets no epoch begin after `next`, the number of the next segment (VA30). */
export function capVaultBegins(db: Database, next: number): void {
  db.run("UPDATE vault_begins SET at = ? WHERE at > ?", next, next);
}

export function readVaultBegins(db: Database): readonly VaultBegin[] {
  return db.all<VaultBegin>("SELECT epoch, at FROM vault_begins ORDER BY epoch");
}

export type UnvaultedRow = {
  readonly position: number;
  readonly turn: number;
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly id: ContentId;
  readonly at_ms: UnixMs;
  readonly sent_ms: UnixMs;
  readonly edited_ms: UnixMs;
  readonly kind: string;
  readonly body: Bytes;
  readonly vault: number;
  readonly vault_order: Bytes | null;
  /** The member who handed the message over; null if it came from its author. */
  readonly handed_by: AccountId | null;
  /** The author's sending device (first 4 bytes of its id), and the message's `seq`; null if unknown. */
  readonly sender_device: number | null;
  readonly seq: number | null;
};

const rowColumns = `m.position, m.conversation, m.author, m.id, m.at_ms,
  CASE m.sent_ms WHEN 0 THEN m.at_ms ELSE m.sent_ms END AS sent_ms, m.edited_ms, m.kind, m.body, m.vault, m.vault_order,
  m.handed_by, m.sender_device, m.seq`;

/**
 * SQL: messages to write, for the account `?1`. A message is left out while an own change to it waits in the outbox,
 * because that change may never be sent (VA7). What is a message itself is no change, though it names another.
 */
const changes = `WITH changes AS MATERIALIZED (
  SELECT o.conversation, o.body FROM outbox AS o WHERE o.shown = 0 AND NOT EXISTS (
    SELECT 1 FROM messages AS own WHERE own.conversation = o.conversation AND own.author = ?1 AND own.id = o.id))`;
const toBePut = `unvaulted AS u CROSS JOIN messages AS m ON m.position = u.position
  WHERE NOT EXISTS (
    SELECT 1 FROM changes AS o WHERE o.conversation = m.conversation AND instr(o.body, m.id) > 0)`;

/**
 * In timeline order, so that reading the vault backwards gives the newest messages first, as a chat shows them: so many
 * at most, and no more than have so many bytes, but one at least.
 */
export function readUnvaulted(db: Database, own: AccountId, limit: number, bytesMax: number): readonly UnvaultedRow[] {
  const waiting = db.all<{ position: number; bytes: number }>(
    `${changes} SELECT u.position, length(m.body) AS bytes FROM ${toBePut} ORDER BY u.position LIMIT ?2`,
    own,
    limit,
  );
  let [bytes, last] = [0, waiting[0]?.position ?? 0];
  for (const row of waiting) {
    bytes += row.bytes;
    if (bytes > bytesMax) break;
    last = row.position;
  }
  return db.all<UnvaultedRow>(
    `${changes} SELECT u.turn, ${rowColumns} FROM ${toBePut} AND u.position <= ?2 ORDER BY u.position`,
    own,
    last,
  );
}

export function hasUnvaulted(db: Database, own: AccountId): boolean {
  return (
    db.get(
      `${changes} SELECT 1 AS one FROM ${toBePut} UNION ALL SELECT 1 FROM vault_rewrites
       UNION ALL SELECT 1 FROM vault_clears WHERE told = 0 LIMIT 1`,
      own,
    ) !== undefined
  );
}

/** The number of messages to write, also those that other devices may have written since. */
export function countUnvaulted(db: Database): number {
  return db.get<{ count: number }>("SELECT count(*) AS count FROM unvaulted")?.count ?? 0;
}

export function readVaultRow(db: Database, conversation: ConversationId, name: MessageName): UnvaultedRow | undefined {
  return db.get<UnvaultedRow>(
    `SELECT 0 AS turn, ${rowColumns} FROM messages AS m WHERE m.conversation = ? AND m.author = ? AND m.id = ?`,
    conversation,
    name.author,
    name.id,
  );
}

/** Whether something came of a message before it did. */
export function readEarly(
  db: Database,
  conversation: ConversationId,
  { author, id }: MessageName,
): { readonly versions: number; readonly marks: number } {
  return (
    db.get<{ versions: number; marks: number }>(
      `SELECT EXISTS (SELECT 1 FROM edits WHERE conversation = ?1 AND author = ?2 AND id = ?3) AS versions,
         EXISTS (SELECT 1 FROM marks WHERE conversation = ?1 AND author = ?2 AND id = ?3) AS marks`,
      conversation,
      author,
      id,
    ) ?? { versions: 0, marks: 0 }
  );
}

/** Removes a message from the queue, unless it changed since `turn`. */
export function dropUnvaulted(db: Database, position: number, turn?: number): void {
  if (turn === undefined) db.run("DELETE FROM unvaulted WHERE position = ?", position);
  else db.run("DELETE FROM unvaulted WHERE position = ? AND turn = ?", position, turn);
}

export function addVaultPlace(db: Database, position: number, at: number): void {
  db.run("INSERT INTO vault_places (position, at) VALUES (?, ?) ON CONFLICT DO NOTHING", position, at);
}

/** Keeps a message out of the vault: it was deleted on another own device, and stays on this one. */
export function keepOutOfVault(db: Database, position: number): void {
  db.run("UPDATE messages SET vault = 2 WHERE position = ?", position);
  dropUnvaulted(db, position);
}

export type UnreadRange = { readonly start: number; readonly below: number };

export function nextUnread(db: Database): UnreadRange | undefined {
  return db.get<UnreadRange>("SELECT start, below FROM vault_unread WHERE locked = 0 ORDER BY below DESC LIMIT 1");
}

/** Whether segments are unread, counting those that no key opens yet. */
export function hasUnread(db: Database): boolean {
  return db.get("SELECT 1 FROM vault_unread") !== undefined;
}

export function addUnread(db: Database, { start, below }: UnreadRange): void {
  if (start < below) db.run("INSERT INTO vault_unread (start, below) VALUES (?, ?)", start, below);
}

/** Marks the last segment of the range, `at`, as read, or as locked if no key opens it yet. */
export function shrinkUnread(db: Database, { start, below }: UnreadRange, at: number, isLocked: boolean): void {
  db.run("DELETE FROM vault_unread WHERE below = ?", below);
  addUnread(db, { start, below: at });
  if (isLocked) db.run("INSERT INTO vault_unread (start, below, locked) VALUES (?, ?, 1)", at, at + 1);
}

/** The number of unread segments, without locked ones. */
export function countUnread(db: Database): number {
  const sql = "SELECT coalesce(sum(below - start), 0) AS count FROM vault_unread WHERE locked = 0";
  return db.get<{ count: number }>(sql)?.count ?? 0;
}

/** @param after the next one behind this place. */
export function nextRewrite(db: Database, after = -1): number | undefined {
  return db.get<{ at: number }>("SELECT at FROM vault_rewrites WHERE at > ? ORDER BY at LIMIT 1", after)?.at;
}

export function addRewrite(db: Database, at: number): void {
  db.run("INSERT INTO vault_rewrites (at) VALUES (?) ON CONFLICT DO NOTHING", at);
}

export function dropRewrite(db: Database, at: number): void {
  db.run("DELETE FROM vault_rewrites WHERE at = ?", at);
}

export type VaultClear = { readonly conversation: ConversationId; readonly up_to_ms: UnixMs };

/** Notes that messages of a conversation up to `upToMs` were deleted, and must not stay in the vault. */
export function noteVaultClear(db: Database, conversation: ConversationId, upToMs: UnixMs, isTold: boolean): void {
  db.run(
    `INSERT INTO vault_clears (conversation, up_to_ms, told) VALUES (?, ?, ?)
     ON CONFLICT (conversation) DO UPDATE SET up_to_ms = excluded.up_to_ms, told = excluded.told
     WHERE excluded.up_to_ms > vault_clears.up_to_ms`,
    conversation,
    upToMs,
    isTold ? 1 : 0,
  );
}

/** What an earlier version noted of a moment to come counts up to `latestMs`. */
export function cutVaultClears(db: Database, latestMs: UnixMs): void {
  db.run("UPDATE vault_clears SET up_to_ms = ?1 WHERE up_to_ms > ?1", latestMs);
}

export function vaultClearOf(db: Database, conversation: ConversationId): UnixMs | undefined {
  const sql = "SELECT up_to_ms FROM vault_clears WHERE conversation = ?";
  return db.get<{ up_to_ms: UnixMs }>(sql, conversation)?.up_to_ms;
}

export function untoldClears(db: Database): readonly VaultClear[] {
  return db.all<VaultClear>("SELECT conversation, up_to_ms FROM vault_clears WHERE told = 0");
}

export function markClearTold(db: Database, { conversation, up_to_ms }: VaultClear): void {
  db.run("UPDATE vault_clears SET told = 1 WHERE conversation = ? AND up_to_ms = ?", conversation, up_to_ms);
}

/** Begins again with another or empty vault: all its segments are unread, and all messages here are unwritten. */
export function beginVaultAnew(db: Database): void {
  db.script(`
    DELETE FROM vault_places; DELETE FROM vault_unread; DELETE FROM vault_rewrites; DELETE FROM unvaulted;
    DELETE FROM vault_groups; DELETE FROM vault_newer; UPDATE messages SET vault_order = NULL, out_of_order = 0 WHERE vault_order IS NOT NULL;
    UPDATE vault_clears SET told = 0;
    DELETE FROM meta WHERE key = 'record-kept';
    INSERT INTO unvaulted (position, turn)
      SELECT position, 0 FROM messages WHERE state = 'sent' AND kind NOT IN ('system', 'leave', 'newer') AND vault < 2;
  `);
}

/** Positions left free for the messages of the vault, between those here and those to come: four million segments. */
const room = 2 ** 40;
const ordersAPosition = 4;

/**
 * Makes room when a device begins, or begins again. Messages here count as read; those of the vault will be before
 * those that come from now on. Returns the position above which new messages will be.
 */
export function makeRoom(db: Database): number {
  db.run("UPDATE conversations SET read_order = max(read_order, coalesce((SELECT max(position) FROM messages), 0))");
  leaveRoom(db, room);
  return db.get<{ last: number }>(`SELECT ${lastPosition} AS last`)?.last ?? 0;
}

type Spot = Pick<UnvaultedRow, "conversation" | "position">;
type Neighbour = { readonly position: number; readonly vault_order: Bytes };

/** The nearest message before or after, of those that are in the same order here and in the vault. */
function neighbour(db: Database, { conversation, position }: Spot, side: "before" | "after"): Neighbour | undefined {
  const beyond = side === "before" ? "< ? ORDER BY position DESC" : "> ? ORDER BY position";
  return db.get<Neighbour>(
    `SELECT position, vault_order FROM messages
     WHERE conversation = ? AND vault_order IS NOT NULL AND out_of_order = 0 AND position ${beyond} LIMIT 1`,
    conversation,
    position,
  );
}

/**
 * Between which orders a message stands that the vault does not have yet: as its neighbours do, and before what its
 * author's device said after it, though that stands out of order here; and then behind all else that stands before it
 * here.
 */
export function vaultGap(
  db: Database,
  { conversation, position, author }: Pick<UnvaultedRow, "conversation" | "position" | "author">,
): { readonly before: Bytes | undefined; readonly after: Bytes | undefined } {
  const order = (sql: string, ...params: (Bytes | number)[]) =>
    db.get<{ found: Bytes | null }>(sql, ...params)?.found ?? undefined;
  const spot = { conversation, position };
  const [before, after] = [neighbour(db, spot, "before")?.vault_order, neighbour(db, spot, "after")?.vault_order];
  // From which device came what an older record brought is not known: it may be this one.
  const said = order(
    `SELECT min(vault_order) AS found FROM messages
     WHERE conversation = ?1 AND out_of_order = 1 AND position > ?2 AND author = ?3
       AND coalesce(sender_device = (SELECT sender_device FROM messages WHERE position = ?2), 1)`,
    conversation,
    position,
    author,
  );
  if (said === undefined || (after !== undefined && compareOrders(after, said) <= 0)) return { before, after };
  if (before === undefined || compareOrders(before, said) < 0) return { before, after: said };
  // What stands in line before that stands before it here too; what stands out of order may not.
  const sql = `SELECT max(found) AS found FROM (
      SELECT max(vault_order) AS found FROM messages
      WHERE conversation = ?1 AND vault_order IS NOT NULL AND out_of_order = 0 AND vault_order < ?2
      UNION ALL
      SELECT max(vault_order) FROM messages WHERE conversation = ?1 AND out_of_order = 1 AND position < ?3 AND vault_order < ?2)`;
  return { before: order(sql, conversation, said, position), after: said };
}

/** How many of a conversation wait for a place in the vault from this one on, up to the next that stands there. */
export function countWaiting(db: Database, row: Spot): number {
  const below = neighbour(db, row, "after")?.position ?? Number.MAX_SAFE_INTEGER;
  const sql = `SELECT count(*) AS count FROM messages AS m JOIN unvaulted AS u ON u.position = m.position
    WHERE m.conversation = ? AND m.position >= ? AND m.position < ? AND m.vault_order IS NULL`;
  return db.get<{ count: number }>(sql, row.conversation, row.position, below)?.count ?? 0;
}

/**
 * The first that is said of its order holds. Who stands behind what the vault has behind it stands out of order.
 *
 * @param tells `nothing`: the device that said it did not know where it stands.
 */
export function setVaultOrder(db: Database, row: Spot, order: Bytes, tells: "all" | "nothing" = "all"): void {
  const set =
    "UPDATE messages SET vault_order = ?1, out_of_order = max(out_of_order, ?3) WHERE position = ?2 AND vault_order IS NULL RETURNING out_of_order";
  const now = db.get<{ out_of_order: number }>(set, order, row.position, tells === "nothing" ? 2 : 0);
  if (now?.out_of_order === 0) keepInLine(db, row, order);
}

function keepInLine(db: Database, row: Spot, order: Bytes): void {
  const stray = (position: number) => db.run("UPDATE messages SET out_of_order = 1 WHERE position = ?", position);
  const before = neighbour(db, row, "before");
  if (before !== undefined && compareOrders(before.vault_order, order) > 0) {
    stray(row.position);
    return;
  }
  for (;;) {
    const after = neighbour(db, row, "after");
    if (after === undefined || compareOrders(after.vault_order, order) >= 0) return;
    stray(after.position);
  }
}

/** Positions of what the same device said last before it and first after it, so far as these tell where it stands. */
type Said = { readonly before: number | undefined; readonly after: number | undefined };

const unknown = "conversation = ?1 AND author = ?2 AND sender_device = ?3 AND vault_order IS NULL AND seq";
// Each plus keeps SQLite to the index of the rest: an author has many messages, and few stand out of order.
const straySql = `SELECT position FROM messages AS m
  WHERE conversation = ?1 AND +author = ?2 AND sender_device = ?3 AND out_of_order = 1 AND seq < ?4 AND position < ?5
    AND vault_order < ?6 AND vault_order > coalesce((
      SELECT vault_order FROM messages
      WHERE conversation = ?1 AND vault_order IS NOT NULL AND out_of_order = 0 AND vault_order <= ?6 AND +position < ?5
      ORDER BY vault_order DESC LIMIT 1), x'')
    AND NOT EXISTS (
      SELECT 1 FROM messages AS n
      WHERE n.conversation = ?1 AND n.position < m.position AND +n.author = ?2 AND n.sender_device = ?3 AND n.seq > ?4)
  ORDER BY position DESC LIMIT 1`;

function saidAround(db: Database, { conversation, author, sender_device, seq, vault_order }: RestoredRow): Said {
  const nothing = { before: undefined, after: undefined };
  if (sender_device === null || seq === null) return nothing;
  const ofDevice = [conversation, author, sender_device] as const;
  const has = db.get<{ unknown: number; stray: number }>(
    `SELECT EXISTS (SELECT 1 FROM messages WHERE ${unknown} IS NOT NULL) AS unknown,
       EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND out_of_order = 1) AS stray`,
    ...ofDevice,
  );
  if (has === undefined || has.unknown + has.stray === 0) return nothing;
  const find = (sql: string, ...values: (number | Bytes)[]) =>
    db.get<{ position: number }>(sql, ...ofDevice, seq, ...values)?.position;
  const after = find(`SELECT position FROM messages WHERE ${unknown} > ?4 ORDER BY position LIMIT 1`);
  const end = after ?? Number.MAX_SAFE_INTEGER;
  // What came behind what was said after it came late: where it stands tells nothing.
  const all = [
    find(`SELECT position FROM messages WHERE ${unknown} < ?4 AND position < ?5 ORDER BY position DESC LIMIT 1`, end),
    // Of what the vault does know, what stands next before it there, and stands out of order here.
    has.stray === 0 ? undefined : find(straySql, end, vault_order),
  ].filter((position) => position !== undefined);
  return { before: all.length === 0 ? undefined : Math.max(...all), after };
}

/**
 * Where a message from the vault stands: by its order, in the room that was made for it; where what it stands between
 * came here otherwise, between that; behind what its device said before it, though it may stand out of order there, and
 * before what that said after it, though others may then stand out of order here. Undefined: after all others.
 *
 * @param ceiling what stands above it came since this device was linked.
 * @param put where the last one from the vault was put in that chat.
 */
function placeFor(
  db: Database,
  { conversation, vault_order }: RestoredRow,
  ceiling: number,
  said: Said,
  put: number | undefined,
): number | undefined {
  const place = (sql: string, ...values: (number | Bytes)[]) =>
    db.get<Place>(
      `SELECT position, vault FROM messages WHERE conversation = ? AND ${sql} LIMIT 1`,
      conversation,
      ...values,
    );
  const end = said.after ?? Number.MAX_SAFE_INTEGER;
  const line = "vault_order IS NOT NULL AND out_of_order = 0 AND vault_order";
  const before = Math.max(
    // The plus: by the order's index, in which it mostly is the first.
    place(`${line} <= ? AND +position < ? ORDER BY vault_order DESC, position DESC`, vault_order, end)?.position ??
      Number.MIN_SAFE_INTEGER,
    said.before ?? Number.MIN_SAFE_INTEGER,
  );
  const known = place(`${line} > ? ORDER BY vault_order, position`, vault_order);
  const next = known !== undefined && known.position > before && known.position < end ? known : undefined;
  const own = ceiling - room + Math.floor(wholeOf(vault_order) / ordersAPosition);
  if (before < own && own < Math.min(next?.position ?? ceiling, end)) return freePosition(db, own, before);
  // What this device heard itself, and the vault does not know of yet, came later; what stands out of order here may be
  // older.
  const after =
    next ??
    db.get<Place>(
      `SELECT position, vault FROM messages
       WHERE conversation = ? AND position > ? AND (vault_order IS NULL OR vault_order > ?) ORDER BY position LIMIT 1`,
      conversation,
      Math.max(before, Math.min(ceiling, end - 1)),
      vault_order,
    );
  if (after === undefined) return undefined;
  const least = place("position < ? ORDER BY position DESC", after.position);
  const below = least?.position ?? after.position - positionStep;
  const close = closeTo(least, after, put);
  const free = freePosition(db, spotBetween(below, after.position, close), below);
  if (free !== undefined) return free;
  const made = moveApart(db, after.position, below);
  return made && freePosition(db, spotBetween(made.below, made.above, close), made.below);
}

/** A message, and whether it came from the vault (1). */
type Place = { readonly position: number; readonly vault: number };

/**
 * To which of its neighbours a message from the vault stands close; undefined: in the middle. What the vault brings
 * comes in a row: most of the room is left where the next one will stand, which is on the other side of the one that
 * was put last.
 *
 * @param put where the last one from the vault was put in that chat.
 */
function closeTo(least: Place | undefined, after: Place, put: number | undefined): "least" | "after" | undefined {
  const [isLeast, isAfter] = [least?.vault === 1, after.vault === 1];
  if (put !== undefined && least?.position === put) return "least";
  if (isAfter && after.position === put) return "after";
  if (isLeast === isAfter) return undefined;
  return isAfter ? "after" : "least";
}

/** A position between these two. */
function spotBetween(below: number, above: number, close: "least" | "after" | undefined): number {
  const gap = above - below;
  if (close === "after") return above - Math.ceil(gap / 64);
  return below + Math.ceil(gap / (close === "least" ? 64 : 2));
}

/** Rows between two that came here themselves, which are moved at once. */
const movedMax = 32_768;

/**
 * VA43: makes room just before `position`, above `least`: what the vault brought between two messages that came here
 * themselves is moved, in its order, to the ends of the room between those, so that half of it is free in the middle.
 * Returns what is next to that room; undefined where so many stand that there is none. Nothing else is moved, since
 * others go by its position.
 */
function moveApart(
  db: Database,
  position: number,
  least: number,
): { readonly below: number; readonly above: number } | undefined {
  const edge = (sql: string) =>
    db.get<{ position: number }>(`SELECT position FROM messages WHERE vault <> 1 AND ${sql} LIMIT 1`, position)
      ?.position;
  const below = edge("position < ? ORDER BY position DESC");
  const above = edge("position >= ? ORDER BY position");
  const rows = db.all<{ position: number }>(
    "SELECT position FROM messages WHERE position > ? AND position < ? ORDER BY position LIMIT ?",
    below ?? Number.MIN_SAFE_INTEGER,
    above ?? Number.MAX_SAFE_INTEGER,
    movedMax + 1,
  );
  const low = below ?? Math.min(position, rows[0]?.position ?? position) - positionStep;
  const high = above ?? (rows.at(-1)?.position ?? position) + 1;
  const room = high - low - 1 - rows.length;
  // Another chat's own message may stand in between: what is below that is before `position` as well.
  if (rows.length > movedMax || room < 1)
    return below === undefined || below <= least ? undefined : moveApart(db, below, least);
  const lower = rows.filter((row) => row.position < position).length;
  const upper = rows.length - lower;
  const quarter = Math.floor(room / 4);
  // The first one stands at the lower end, the last one at the upper end, and the others at equal distances to them.
  const target = (i: number) =>
    i < lower
      ? low + 1 + i + Math.floor((quarter * i) / lower)
      : high - (rows.length - i) - Math.floor((quarter * (rows.length - 1 - i)) / upper);
  const moves = rows.map((row, i) => ({ was: row.position, to: target(i) }));
  const move = ({ was, to }: (typeof moves)[number]) =>
    db.run("UPDATE messages SET position = ? WHERE position = ?", to, was);
  // In this order none is moved to where another still stands.
  for (const one of moves.toReversed()) if (one.to > one.was) move(one);
  for (const one of moves) if (one.to < one.was) move(one);
  return { below: moves[lower - 1]?.to ?? low, above: moves[lower]?.to ?? high };
}

export type RestoredRow = Omit<UnvaultedRow, "position" | "turn" | "vault"> & { readonly vault_order: Bytes };

/** Where the last message from the vault was put, by chat: it tells in which direction a segment is read. */
const lastPut = new WeakMap<Database, Map<string, number>>();

/** Returns the message's position. It does not make the chat unread. */
export function insertRestored(db: Database, row: RestoredRow, ceiling: number): number {
  const said = saidAround(db, row);
  const last = lastPut.get(db) ?? new Map<string, number>();
  lastPut.set(db, last);
  const chat = toHex(row.conversation);
  const place = placeFor(db, row, ceiling, said, last.get(chat));
  const made = db.get<{ position: number }>(
    `INSERT INTO messages (position, conversation, author, id, at_ms, kind, body, state, sent_ms, edited_ms, vault, vault_order, handed_by, sender_device, seq)
     VALUES (coalesce(?, ${lastPosition} + ${positionStep}), ?, ?, ?, ?, ?, ?, 'sent', ?, ?, 1, ?, ?, ?, ?) RETURNING position`,
    place ?? null,
    row.conversation,
    row.author,
    row.id,
    row.at_ms,
    row.kind,
    row.body,
    row.sent_ms,
    row.edited_ms,
    row.vault_order,
    row.handed_by,
    row.sender_device,
    row.seq,
  );
  const position = made?.position ?? 0;
  last.set(chat, position);
  if (place === undefined || said.before !== undefined || said.after !== undefined)
    keepInLine(db, { conversation: row.conversation, position }, row.vault_order);
  db.run(
    `UPDATE conversations SET read_order = ?1 WHERE conversation = ?2 AND read_order < ?1 AND NOT EXISTS (
       SELECT 1 FROM messages AS m WHERE m.conversation = ?2 AND m.position > read_order AND m.position < ?1 AND m.vault = 0)`,
    position,
    row.conversation,
  );
  return position;
}

/**
 * Removes a message that came from the vault or from another member, because its author's own copy has come. Returns
 * its body and vault order.
 */
export function takeFromOthers(
  db: Database,
  conversation: ConversationId,
  name: MessageName,
  from: "anybody" | "handed" = "anybody",
): { readonly body: Bytes; readonly order: Bytes | null } | undefined {
  const isTheirs = from === "anybody" ? "(vault = 1 OR handed_by IS NOT NULL)" : "handed_by IS NOT NULL";
  const row = db.get<{ position: number; body: Bytes; order: Bytes | null }>(
    `SELECT position, body, vault_order AS "order" FROM messages
     WHERE conversation = ? AND author = ? AND id = ? AND ${isTheirs} AND kind NOT IN ('recalled', 'deleted')`,
    conversation,
    name.author,
    name.id,
  );
  if (row !== undefined) db.run("DELETE FROM messages WHERE position = ?", row.position);
  return row;
}

/** Stores a group's state from segment `at`. Returns false if a newer segment has given it before. */
export function noteVaultGroup(db: Database, conversation: ConversationId, at: number, state: string): boolean {
  return (
    db.run(
      `INSERT INTO vault_groups (conversation, at, state) VALUES (?, ?, ?)
       ON CONFLICT (conversation) DO UPDATE SET at = excluded.at, state = excluded.state
       WHERE excluded.at > vault_groups.at`,
      conversation,
      at,
      state,
    ) > 0
  );
}
