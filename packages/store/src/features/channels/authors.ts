/** Several authors of one channel (docs/spec/channels.md CH89–CH94): who was asked, and who asked this person. */
import type { AccountId, Bytes } from "@yanshu/wire";
import type { Database } from "../../database.ts";

export type ChannelCoauthorRow = {
  readonly channel: Bytes;
  readonly account: AccountId;
  readonly is_on: number;
  readonly key: Bytes;
  readonly is_here: number;
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
  { channel, account, is_on, key, is_here, stamp_ms }: ChannelCoauthorRow,
): boolean {
  return (
    db.run(
      `INSERT INTO channel_coauthors (channel, account, is_on, key, is_here, stamp_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (channel, account) DO UPDATE SET is_on = excluded.is_on, key = excluded.key,
         is_here = excluded.is_here, stamp_ms = excluded.stamp_ms
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

/** This person agreed to be an author of that channel. */
export function agreeChannelAskings(db: Database, channel: Bytes): void {
  db.run("UPDATE channel_askings SET answered = 1 WHERE channel = ?", channel);
}

/** This person declined. */
export function dropChannelAsking(db: Database, channel: Bytes, account: AccountId): void {
  db.run("UPDATE channel_askings SET asks = 0 WHERE channel = ? AND account = ?", channel, account);
}
