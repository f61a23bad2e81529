/** Several authors of one channel (docs/spec/channels.md CH89–CH94): who was asked, and who asked this person. */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../../database.ts";

export type ChannelCoauthorRow = {
  readonly channel: Bytes;
  readonly account: AccountId;
  readonly is_on: number;
  readonly key: Bytes;
  readonly is_here: number;
  /** Key and its signature, until they were checked. */
  readonly answer: Bytes;
  readonly stamp_ms: number;
};
export type ChannelAskingRow = {
  readonly channel: Bytes;
  readonly account: AccountId;
  readonly asks: number;
  readonly answered: number;
  readonly name: string;
  readonly inception: Bytes;
  readonly stamp_ms: number;
};

export function readChannelCoauthors(db: Database): readonly ChannelCoauthorRow[] {
  return db.all("SELECT * FROM channel_coauthors ORDER BY stamp_ms, account");
}

export function readChannelCoauthor(db: Database, channel: Bytes, account: AccountId): ChannelCoauthorRow | undefined {
  return db.get("SELECT * FROM channel_coauthors WHERE channel = ? AND account = ?", channel, account);
}

/** The later word holds. Returns whether it was taken. */
export function writeChannelCoauthor(
  db: Database,
  { channel, account, is_on, key, is_here, stamp_ms }: Omit<ChannelCoauthorRow, "answer">,
): boolean {
  return (
    db.run(
      `INSERT INTO channel_coauthors (channel, account, is_on, key, is_here, stamp_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (channel, account) DO UPDATE SET is_on = excluded.is_on, key = excluded.key,
         is_here = excluded.is_here, stamp_ms = excluded.stamp_ms, answer = x''
       WHERE excluded.stamp_ms > channel_coauthors.stamp_ms`,
      channel,
      account,
      is_on,
      key,
      is_here,
      stamp_ms,
    ) > 0
  );
}

/** What they answered, until it was checked; empty: nothing that counts. */
export function setChannelAnswer(db: Database, channel: Bytes, account: AccountId, answer: Bytes): void {
  db.run("UPDATE channel_coauthors SET answer = ? WHERE channel = ? AND account = ?", answer, channel, account);
}

/** Those that ask now, the first first. */
export function readChannelAskings(db: Database): readonly ChannelAskingRow[] {
  return db.all("SELECT * FROM channel_askings WHERE asks = 1 ORDER BY stamp_ms, account");
}

/** The later word holds; one that asks again is answered again. Returns whether it was taken. */
export function writeChannelAsking(db: Database, row: Omit<ChannelAskingRow, "answered">): boolean {
  return (
    db.run(
      `INSERT INTO channel_askings (channel, account, asks, name, inception, stamp_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (channel, account) DO UPDATE SET asks = excluded.asks, name = excluded.name,
         inception = excluded.inception, stamp_ms = excluded.stamp_ms, answered = 0
       WHERE excluded.stamp_ms > channel_askings.stamp_ms`,
      row.channel,
      row.account,
      row.asks,
      row.name,
      row.inception,
      row.stamp_ms,
    ) > 0
  );
}

/** Of what that account asked, so many of the newest stay. */
export function keepChannelAskings(db: Database, account: AccountId, max: number): void {
  db.run(
    `DELETE FROM channel_askings WHERE account = ?1 AND channel NOT IN (
       SELECT channel FROM channel_askings WHERE account = ?1 ORDER BY stamp_ms DESC, channel LIMIT ?2)`,
    account,
    max,
  );
}

/** They ask no more. */
export function endChannelAsking(db: Database, channel: Bytes, account: AccountId, stampMs: number): void {
  db.run(
    `UPDATE channel_askings SET asks = 0, name = '', inception = x'', stamp_ms = ?1, answered = 0
     WHERE channel = ?2 AND account = ?3 AND stamp_ms < ?1`,
    stampMs,
    channel,
    account,
  );
}

/** This person agreed to be an author of that channel, to that account. */
export function agreeChannelAsking(db: Database, channel: Bytes, account: AccountId): void {
  db.run("UPDATE channel_askings SET answered = 1 WHERE channel = ? AND account = ?", channel, account);
}

/** This person declined. */
export function dropChannelAsking(db: Database, channel: Bytes, account: AccountId): void {
  db.run("UPDATE channel_askings SET asks = 0 WHERE channel = ? AND account = ?", channel, account);
}
