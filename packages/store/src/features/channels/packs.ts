/**
 * Packs of home as they were read, the newest that friends told of, and what does not hold of them
 * (docs/spec/channels.md CH7–CH10, CH47–CH52).
 */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../../database.ts";

export type ChannelPackRow = { readonly n: number; readonly hash: Bytes; readonly day: number };
export type ChannelFoundRow = {
  readonly what: string;
  readonly pack: number;
  readonly channel: Bytes;
  readonly seq: number;
  readonly account: Bytes;
};

const none = new Uint8Array();

export function newestChannelPack(db: Database): ChannelPackRow | undefined {
  return db.get("SELECT n, hash, day FROM channel_packs ORDER BY n DESC LIMIT 1");
}

export function readChannelPack(db: Database, n: number): ChannelPackRow | undefined {
  return db.get("SELECT n, hash, day FROM channel_packs WHERE n = ?", n);
}

export function addChannelPack(db: Database, { n, hash, day }: ChannelPackRow): void {
  db.run("INSERT INTO channel_packs (n, hash, day) VALUES (?, ?, ?)", n, hash, day);
}

export function countChannelPacksOf(db: Database, day: number): number {
  return db.get<{ count: number }>("SELECT count(*) AS count FROM channel_packs WHERE day = ?", day)?.count ?? 0;
}

/** What another home published. */
export function forgetChannelPacks(db: Database): void {
  rereadChannelPacks(db);
  db.script("DELETE FROM channel_packs_before; DELETE FROM channel_found; DELETE FROM channel_heads;");
}

/** A home that was put back tells its packs anew: their hashes stay, what was found, and what friends told. */
export function rereadChannelPacks(db: Database): void {
  db.script(`
    INSERT OR REPLACE INTO channel_packs_before (n, hash) SELECT n, hash FROM channel_packs;
    DELETE FROM channel_packs; DELETE FROM channels; DELETE FROM channel_entries; DELETE FROM channel_tags;
    DELETE FROM channel_counts; DELETE FROM channel_decisions; DELETE FROM channel_withdrawn; DELETE FROM channel_marks;
    DELETE FROM channel_values WHERE name = 'markKeys';
  `);
}

/** Of a pack as it was before home was put back. */
export function readChannelPackBefore(db: Database, n: number): Bytes | undefined {
  return db.get<{ hash: Bytes }>("SELECT hash FROM channel_packs_before WHERE n = ?", n)?.hash;
}

export function newestChannelPackBefore(db: Database): number | undefined {
  return db.get<{ n: number }>("SELECT n FROM channel_packs_before ORDER BY n DESC LIMIT 1")?.n;
}

export function writeChannelHeadOf(db: Database, account: AccountId, n: number, hash: Bytes): void {
  db.run(
    `INSERT INTO channel_heads (account, n, hash) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE
     SET n = excluded.n, hash = excluded.hash, ahead = 0 WHERE excluded.n >= channel_heads.n`,
    account,
    n,
    hash,
  );
}

export function readChannelHeads(
  db: Database,
): readonly { readonly account: AccountId; readonly n: number; readonly hash: Bytes; readonly ahead: number }[] {
  return db.all("SELECT account, n, hash, ahead FROM channel_heads");
}

export function setChannelHeadAhead(db: Database, account: AccountId, ahead: number): void {
  db.run("UPDATE channel_heads SET ahead = ? WHERE account = ?", ahead, account);
}

/** Returns whether it was new. */
export function addChannelFound(
  db: Database,
  {
    what,
    pack,
    channel = none,
    seq = 0,
    account = none,
  }: Partial<ChannelFoundRow> & Pick<ChannelFoundRow, "what" | "pack">,
  atMs: number,
): boolean {
  return (
    db.run(
      `INSERT INTO channel_found (what, pack, channel, seq, account, at_ms) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      what,
      pack,
      channel,
      seq,
      account,
      atMs,
    ) > 0
  );
}

export function dropChannelFound(db: Database, { what, pack, channel, seq }: Omit<ChannelFoundRow, "account">): void {
  db.run("DELETE FROM channel_found WHERE what = ? AND pack = ? AND channel = ? AND seq = ?", what, pack, channel, seq);
}

/** The newest of them, in the order in which they were found. */
export function readChannelFound(db: Database, limit = 1_000): readonly ChannelFoundRow[] {
  return db
    .all<ChannelFoundRow>(
      `SELECT what, pack, channel, seq, account FROM channel_found ORDER BY at_ms DESC, pack DESC, seq DESC LIMIT ?`,
      limit,
    )
    .toReversed();
}

/** How many entries were told one by one since that moment; no more than `limit` are counted. */
export function countChannelFoundEntries(db: Database, sinceMs: number, limit: number): number {
  return (
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM channel_found WHERE at_ms >= ? AND channel <> x'' LIMIT ?)`,
      sinceMs,
      limit,
    )?.count ?? 0
  );
}

export function isChannelFoundSince(db: Database, what: string, sinceMs: number): boolean {
  return db.get("SELECT 1 FROM channel_found WHERE what = ? AND at_ms >= ? LIMIT 1", what, sinceMs) !== undefined;
}

/** Whether something was found that does not hold, after that moment. */
export function hasChannelFoundSince(db: Database, atMs: number): boolean {
  return db.get("SELECT 1 FROM channel_found WHERE at_ms > ? LIMIT 1", atMs) !== undefined;
}
