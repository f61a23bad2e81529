/**
 * Channels that this person follows, what they keep, what they and their friends like, whose limits they set, and the
 * marks by which home counts likes and views (docs/spec/channels.md CH15, CH16, CH41–CH57).
 */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../../database.ts";

export type ChannelDueRow = {
  readonly what: "like" | "view" | "tell";
  readonly entry: Bytes;
  readonly is_on: number;
  readonly due_ms: number;
};

/** What this person follows, likes or keeps: a word for each, and the later stamp holds. */
type Word = { readonly is_on: number; readonly stamp_ms: number };
/** Tables of such words, and what each is about. */
const follows = { table: "channel_follows", about: "channel" } as const;
const likes = { table: "channel_likes", about: "entry" } as const;
const saves = { table: "channel_saves", about: "entry" } as const;
type Words = typeof follows | typeof likes | typeof saves;

/** Returns whether it was taken. */
function writeWord(db: Database, { table, about }: Words, id: Bytes, isOn: boolean, stampMs: number): boolean {
  return (
    db.run(
      `INSERT INTO ${table} (${about}, is_on, stamp_ms) VALUES (?, ?, ?)
       ON CONFLICT (${about}) DO UPDATE SET is_on = excluded.is_on, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > ${table}.stamp_ms`,
      id,
      isOn ? 1 : 0,
      stampMs,
    ) > 0
  );
}

function readWord(db: Database, { table, about }: Words, id: Bytes): Word | undefined {
  return db.get(`SELECT is_on, stamp_ms FROM ${table} WHERE ${about} = ?`, id);
}

/** The newest five thousand. */
function readNewestWords(
  db: Database,
  { table }: typeof likes | typeof saves,
): readonly (Word & { readonly entry: Bytes })[] {
  return db.all(`SELECT entry, is_on, stamp_ms FROM ${table} ORDER BY stamp_ms DESC LIMIT 5000`);
}

/** The later stamp holds. Returns whether it was taken. */
export function writeChannelFollow(db: Database, channel: Bytes, isOn: boolean, stampMs: number): boolean {
  return writeWord(db, follows, channel, isOn, stampMs);
}

export function readChannelFollows(db: Database): readonly (Word & { readonly channel: Bytes })[] {
  return db.all("SELECT channel, is_on, stamp_ms FROM channel_follows ORDER BY stamp_ms");
}

export function readChannelFollow(db: Database, channel: Bytes): Word | undefined {
  return readWord(db, follows, channel);
}

export function isChannelFollowed(db: Database, channel: Bytes): boolean {
  return readChannelFollow(db, channel)?.is_on === 1;
}

/** The later stamp holds. Returns whether it was taken. */
export function writeChannelLike(db: Database, entry: Bytes, isOn: boolean, stampMs: number): boolean {
  return writeWord(db, likes, entry, isOn, stampMs);
}

export function readChannelLike(db: Database, entry: Bytes): Word | undefined {
  return readWord(db, likes, entry);
}

/** The newest five thousand. */
export function readChannelLikes(db: Database): readonly (Word & { readonly entry: Bytes })[] {
  return readNewestWords(db, likes);
}

/** The later stamp holds. Returns whether it was taken. */
export function writeChannelSave(db: Database, entry: Bytes, isOn: boolean, stampMs: number): boolean {
  return writeWord(db, saves, entry, isOn, stampMs);
}

export function readChannelSave(db: Database, entry: Bytes): Word | undefined {
  return readWord(db, saves, entry);
}

/** The newest five thousand. */
export function readChannelSaves(db: Database): readonly (Word & { readonly entry: Bytes })[] {
  return readNewestWords(db, saves);
}

export type ChannelWardRow = {
  readonly account: AccountId;
  readonly asks: number;
  readonly limits: Bytes;
  readonly stamp_ms: number;
};

/** The later asking holds. Returns whether it was taken. */
export function writeChannelWard(db: Database, account: AccountId, asks: boolean, stampMs: number): boolean {
  return (
    db.run(
      `INSERT INTO channel_wards (account, asks, limits, stamp_ms) VALUES (?, ?, x'', ?)
       ON CONFLICT (account) DO UPDATE SET asks = excluded.asks, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > channel_wards.stamp_ms`,
      account,
      asks ? 1 : 0,
      stampMs,
    ) > 0
  );
}

export function setChannelWardLimits(db: Database, account: AccountId, limits: Bytes): void {
  db.run("UPDATE channel_wards SET limits = ? WHERE account = ?", limits, account);
}

export function readChannelWards(db: Database): readonly ChannelWardRow[] {
  return db.all("SELECT account, asks, limits, stamp_ms FROM channel_wards WHERE asks = 1 ORDER BY stamp_ms");
}

/** The later stamp holds. A friend's newest thousand are kept. Returns whether it was taken. */
export function writeFriendLike(
  db: Database,
  account: AccountId,
  entry: Bytes,
  isOn: boolean,
  stampMs: number,
): boolean {
  const isTaken =
    db.run(
      `INSERT INTO channel_friend_likes (entry, account, is_on, stamp_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (account, entry) DO UPDATE SET is_on = excluded.is_on, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > channel_friend_likes.stamp_ms`,
      entry,
      account,
      isOn ? 1 : 0,
      stampMs,
    ) > 0;
  if (isTaken)
    db.run(
      `DELETE FROM channel_friend_likes WHERE account = ?1 AND entry NOT IN
         (SELECT entry FROM channel_friend_likes WHERE account = ?1 ORDER BY stamp_ms DESC LIMIT 1000)`,
      account,
    );
  return isTaken;
}

/** Contacts who like it. */
export function readFriendLikes(db: Database, entry: Bytes): readonly AccountId[] {
  return db
    .all<{ account: AccountId }>(
      `SELECT l.account FROM channel_friend_likes AS l JOIN contacts AS c ON c.account = l.account
       WHERE l.entry = ? AND l.is_on = 1 AND c.state = 'contact' ORDER BY l.stamp_ms`,
      entry,
    )
    .map(({ account }) => account);
}

/** What friends hold of this account's likes: kept as a friend's are, under the own account. */
export function readToldLikes(db: Database, own: AccountId): readonly Bytes[] {
  return db
    .all<{ entry: Bytes }>("SELECT entry FROM channel_friend_likes WHERE account = ? AND is_on = 1", own)
    .map(({ entry }) => entry);
}

export function addChannelDue(db: Database, { what, entry, is_on, due_ms }: ChannelDueRow): void {
  db.run(
    `INSERT INTO channel_due (what, entry, is_on, due_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (what, entry) DO UPDATE SET is_on = excluded.is_on`,
    what,
    entry,
    is_on,
    due_ms,
  );
}

export function readChannelDue(db: Database): readonly ChannelDueRow[] {
  return db.all("SELECT what, entry, is_on, due_ms FROM channel_due ORDER BY due_ms");
}

export function setChannelDueMs(db: Database, what: ChannelDueRow["what"], entry: Bytes, dueMs: number): void {
  db.run("UPDATE channel_due SET due_ms = ? WHERE what = ? AND entry = ?", dueMs, what, entry);
}

export function dropChannelDue(db: Database, what: string, entry: Bytes): void {
  db.run("DELETE FROM channel_due WHERE what = ? AND entry = ?", what, entry);
}

export function readChannelMark(
  db: Database,
  month: number,
  bucket: number,
): { readonly input: Bytes; readonly output: Bytes } | undefined {
  return db.get("SELECT input, output FROM channel_marks WHERE month = ? AND bucket = ?", month, bucket);
}

export function addChannelMark(db: Database, month: number, bucket: number, input: Bytes, output: Bytes): void {
  db.run(
    "INSERT INTO channel_marks (month, bucket, input, output) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    month,
    bucket,
    input,
    output,
  );
  db.run("DELETE FROM channel_marks WHERE month < ?", month - 1);
}
