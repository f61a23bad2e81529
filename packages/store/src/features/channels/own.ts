/** Own channels, and what this device says in them (docs/spec/channels.md CH41–CH57). */
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { Database } from "../../database.ts";

export type ChannelOwnRow = {
  readonly id: Bytes;
  readonly seed: Bytes;
  readonly inception: Bytes;
  readonly stamp_ms: number;
  readonly seq: number;
  readonly head: Bytes;
  /** The key by which this account signs; empty: the first of the inception, of a channel that it made. */
  readonly author: Bytes;
};
export type ChannelPutRow = {
  readonly put: number;
  readonly channel: Bytes;
  readonly kind: string;
  readonly body: Bytes;
  readonly films: Bytes;
  readonly about: Bytes;
  readonly title: string;
  readonly state: "waiting" | "paused" | "failed" | "said";
  readonly fault: string;
  readonly done: number;
  readonly total: number;
  readonly entry: Bytes;
  readonly bytes: Bytes;
  readonly seq: number;
  readonly pack: number;
  /** Of `authors`: whether the key in `about` is one from then on. */
  readonly is_on: number;
  readonly made_ms: UnixMs;
};

const own = `
  SELECT id, seed, inception, stamp_ms, seq, head, x'' AS author FROM channel_own
  UNION ALL SELECT channel AS id, seed, inception, stamp_ms, seq, head, author FROM channel_keys`;

/** Keys of own channels, and those that this person answered with: of one channel there may be several. */
export function readChannelOwn(db: Database): readonly ChannelOwnRow[] {
  return db.all(`SELECT * FROM (${own}) ORDER BY stamp_ms, id, author`);
}

/** Those of one channel, the newest first. */
export function readChannelOwnOf(db: Database, id: Bytes): readonly ChannelOwnRow[] {
  return db.all(`SELECT * FROM (${own}) WHERE id = ? ORDER BY stamp_ms DESC, author`, id);
}

export function addChannelOwn(
  db: Database,
  { id, seed, inception, stamp_ms, author }: Omit<ChannelOwnRow, "seq" | "head">,
): boolean {
  const isMade = author.length === 0;
  const sql = isMade
    ? "INSERT INTO channel_own (id, seed, inception, stamp_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    : "INSERT INTO channel_keys (channel, seed, inception, stamp_ms, author) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  return db.run(sql, id, seed, inception, stamp_ms, ...(isMade ? [] : [author])) > 0;
}

export function setChannelOwnHead(db: Database, id: Bytes, seq: number, head: Bytes): void {
  db.run("UPDATE channel_own SET seq = ?, head = ? WHERE id = ?", seq, head, id);
  db.run("UPDATE channel_keys SET seq = ?, head = ? WHERE channel = ?", seq, head, id);
}

export function addChannelPut(
  db: Database,
  row: Pick<ChannelPutRow, "channel" | "kind" | "body" | "films" | "about" | "title" | "total" | "made_ms"> & {
    readonly is_on?: number;
  },
): number {
  db.run(
    `INSERT INTO channel_puts (channel, kind, body, films, about, title, state, total, made_ms, is_on)
     VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)`,
    row.channel,
    row.kind,
    row.body,
    row.films,
    row.about,
    row.title,
    row.total,
    row.made_ms,
    row.is_on ?? 1,
  );
  return db.get<{ put: number }>("SELECT max(put) AS put FROM channel_puts")?.put ?? 0;
}

export function readChannelPuts(db: Database): readonly ChannelPutRow[] {
  return db.all("SELECT * FROM channel_puts ORDER BY put");
}

export function readChannelPut(db: Database, put: number): ChannelPutRow | undefined {
  return db.get("SELECT * FROM channel_puts WHERE put = ?", put);
}

export function setChannelPut(
  db: Database,
  put: number,
  change: Partial<Pick<ChannelPutRow, "state" | "fault" | "done" | "entry" | "body" | "bytes" | "seq" | "pack">>,
): void {
  const names = Object.keys(change);
  db.run(
    `UPDATE channel_puts SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE put = ?`,
    ...(Object.values(change) as (string | number | Bytes)[]),
    put,
  );
}

export function dropChannelPut(db: Database, put: number): void {
  db.run("DELETE FROM channel_puts WHERE put = ?", put);
}
