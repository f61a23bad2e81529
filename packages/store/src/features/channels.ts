/**
 * Channels 视频号 (docs/spec/channels.md CH41–CH57, feed.md FY): packs of home as they were read and checked, this
 * person's own channels, and what this device keeps of their taste.
 */
import type { AccountId, Bytes, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** Going back is safe: earlier versions read none of it, and what is public is fetched again. */
export const channelTables = `
  -- Packs that were read, in their order without a gap.
  CREATE TABLE channel_packs (
    n      INTEGER PRIMARY KEY,
    hash   BLOB    NOT NULL,
    day    INTEGER NOT NULL                -- since 1970, by home's clock
  ) STRICT;

  -- Packs as they were before home was put back: where the new ones leave them is told.
  CREATE TABLE channel_packs_before (
    n    INTEGER PRIMARY KEY,
    hash BLOB    NOT NULL
  ) STRICT;

  -- Channels of which a pack told.
  CREATE TABLE channels (
    id      BLOB    PRIMARY KEY,
    authors BLOB    NOT NULL,              -- keys that may sign the next entry, joined
    seq     INTEGER NOT NULL,              -- how far its log was read
    head    BLOB    NOT NULL,              -- hash of that entry
    name    TEXT    NOT NULL DEFAULT '',
    about   TEXT    NOT NULL DEFAULT '',
    picture BLOB    NOT NULL DEFAULT x'',  -- hash of a film of one picture
    pins    BLOB    NOT NULL DEFAULT x'',  -- hashes of entries, joined
    profile_seq INTEGER NOT NULL DEFAULT -1, -- numbers of the entries that said so
    pins_seq    INTEGER NOT NULL DEFAULT -1
  ) STRICT, WITHOUT ROWID;

  -- Places of packs: with the entry that its author signed, or blank.
  CREATE TABLE channel_entries (
    hash    BLOB    PRIMARY KEY,
    channel BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    kind    TEXT    NOT NULL,              -- '' where it is blank
    pack    INTEGER NOT NULL,
    day     INTEGER NOT NULL,              -- of its pack
    about   BLOB    NOT NULL,              -- of a comment: the film; else empty
    words   TEXT    NOT NULL,              -- what search finds it by
    shown   BLOB    NOT NULL,              -- CBOR of what a screen shows of it
    state   TEXT    NOT NULL CHECK (state IN ('here', 'gone', 'deleted', 'removed', 'unknown')),
    got_ms  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_entries_of ON channel_entries (channel, kind, pack DESC);
  CREATE INDEX channel_entries_by_pack ON channel_entries (kind, pack DESC) WHERE state = 'here';
  CREATE INDEX channel_entries_about ON channel_entries (about, pack) WHERE about <> x'';

  -- Hashtags, as they compare.
  CREATE TABLE channel_tags (
    tag   TEXT NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (tag, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_tags_of ON channel_tags (entry);

  -- Likes and views as packs told them: the page of a pack is made of what was so then.
  CREATE TABLE channel_counts (
    entry BLOB    NOT NULL,
    pack  INTEGER NOT NULL,
    likes INTEGER NOT NULL,
    views INTEGER NOT NULL,
    PRIMARY KEY (entry, pack)
  ) STRICT, WITHOUT ROWID;

  -- What home did with entries, in the open.
  CREATE TABLE channel_decisions (
    pack   INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    target BLOB    NOT NULL,
    action TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    appeal TEXT    NOT NULL,
    PRIMARY KEY (pack, place)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_decisions_on ON channel_decisions (target, pack DESC);

  -- Who withdrew or hid what, that came before the entry itself, or after it.
  CREATE TABLE channel_withdrawn (
    target  BLOB    NOT NULL,              -- hash of the entry
    channel BLOB    NOT NULL,              -- whose author said so
    what    TEXT    NOT NULL CHECK (what IN ('delete', 'hide')),
    is_on   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,              -- the later word of a channel holds
    pack    INTEGER NOT NULL,
    PRIMARY KEY (target, channel, what)
  ) STRICT, WITHOUT ROWID;

  -- What does not hold of what home shows.
  CREATE TABLE channel_found (
    what    TEXT    NOT NULL,
    pack    INTEGER NOT NULL,
    channel BLOB    NOT NULL,              -- empty: none
    seq     INTEGER NOT NULL,
    account BLOB    NOT NULL,              -- empty: none
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (what, pack, channel, seq, account)
  ) STRICT, WITHOUT ROWID;

  -- The newest pack that each friend told of.
  CREATE TABLE channel_heads (
    account BLOB    PRIMARY KEY,
    n       INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    ahead   INTEGER NOT NULL DEFAULT 0     -- in so many looks home had not shown it
  ) STRICT, WITHOUT ROWID;

  -- Own channels: their keys. Own devices alone.
  CREATE TABLE channel_own (
    id        BLOB    PRIMARY KEY,
    seed      BLOB    NOT NULL,
    inception BLOB    NOT NULL,
    stamp_ms  INTEGER NOT NULL,
    seq       INTEGER NOT NULL DEFAULT -1, -- the last entry that home took
    head      BLOB    NOT NULL DEFAULT x'' -- its hash
  ) STRICT, WITHOUT ROWID;

  -- What this device says in own channels, in this order, until a pack has it.
  CREATE TABLE channel_puts (
    put     INTEGER PRIMARY KEY AUTOINCREMENT,
    channel BLOB    NOT NULL,
    kind    TEXT    NOT NULL,
    body    BLOB    NOT NULL,
    films   BLOB    NOT NULL,              -- CBOR: their files on this device, and what the entry says of them
    about   BLOB    NOT NULL,              -- of a comment: the film; of 'delete' the entry; else empty
    title   TEXT    NOT NULL,
    state   TEXT    NOT NULL CHECK (state IN ('waiting', 'paused', 'failed', 'said')),
    fault   TEXT    NOT NULL DEFAULT '',
    done    INTEGER NOT NULL DEFAULT 0,    -- bytes that home has
    total   INTEGER NOT NULL DEFAULT 0,
    entry   BLOB    NOT NULL DEFAULT x'',  -- hash, once it was signed
    bytes   BLOB    NOT NULL DEFAULT x'',  -- the signed entry
    seq     INTEGER NOT NULL DEFAULT -1,
    pack    INTEGER NOT NULL DEFAULT -1,   -- the newest pack when home took it
    made_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE channel_follows (
    channel  BLOB    PRIMARY KEY,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE channel_likes (
    entry    BLOB    PRIMARY KEY,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What friends say that they like.
  CREATE TABLE channel_friend_likes (
    entry    BLOB    NOT NULL,
    account  BLOB    NOT NULL,
    is_on    INTEGER NOT NULL,
    stamp_ms INTEGER NOT NULL,
    PRIMARY KEY (account, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX channel_friend_likes_on ON channel_friend_likes (entry);

  -- What is to be counted at home by a mark, or told to friends: at a moment of chance, in a bunch.
  CREATE TABLE channel_due (
    what   TEXT    NOT NULL CHECK (what IN ('like', 'view', 'tell')),
    entry  BLOB    NOT NULL,
    is_on  INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    PRIMARY KEY (what, entry)
  ) STRICT, WITHOUT ROWID;

  -- Marks of a month (CH15): one for each bucket.
  CREATE TABLE channel_marks (
    month  INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    input  BLOB    NOT NULL,
    output BLOB    NOT NULL,
    PRIMARY KEY (month, bucket)
  ) STRICT, WITHOUT ROWID;

  -- Taste: on this device alone, until it is forgotten.
  CREATE TABLE channel_taste (
    entry  BLOB    PRIMARY KEY,
    value  REAL    NOT NULL,
    at_ms  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE channel_topics (
    tag   TEXT    PRIMARY KEY,
    level INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Single values: CBOR by name.
  CREATE TABLE channel_values (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

export type ChannelRow = {
  readonly id: Bytes;
  readonly authors: Bytes;
  readonly seq: number;
  readonly head: Bytes;
  readonly name: string;
  readonly about: string;
  readonly picture: Bytes;
  readonly pins: Bytes;
};
export type ChannelEntryRow = {
  readonly hash: Bytes;
  readonly channel: Bytes;
  readonly seq: number;
  readonly kind: string;
  readonly pack: number;
  readonly day: number;
  readonly about: Bytes;
  readonly words: string;
  readonly shown: Bytes;
  readonly state: "here" | "gone" | "deleted" | "removed" | "unknown";
  readonly got_ms: UnixMs;
};
export type ChannelOwnRow = {
  readonly id: Bytes;
  readonly seed: Bytes;
  readonly inception: Bytes;
  readonly stamp_ms: number;
  readonly seq: number;
  readonly head: Bytes;
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
  readonly made_ms: UnixMs;
};
export type ChannelDecisionRow = {
  readonly target: Bytes;
  readonly action: "remove" | "label" | "restore";
  readonly reason: string;
  readonly appeal: string;
};
export type ChannelFoundRow = {
  readonly what: string;
  readonly pack: number;
  readonly channel: Bytes;
  readonly seq: number;
  readonly account: Bytes;
};
export type ChannelPackRow = { readonly n: number; readonly hash: Bytes; readonly day: number };
export type ChannelDueRow = {
  readonly what: "like" | "view" | "tell";
  readonly entry: Bytes;
  readonly is_on: number;
  readonly due_ms: number;
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

export function readChannel(db: Database, id: Bytes): ChannelRow | undefined {
  return db.get("SELECT * FROM channels WHERE id = ?", id);
}

export function writeChannelHead(db: Database, id: Bytes, authors: Bytes, seq: number, head: Bytes): void {
  db.run(
    `INSERT INTO channels (id, authors, seq, head) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET authors = excluded.authors, seq = excluded.seq, head = excluded.head`,
    id,
    authors,
    seq,
    head,
  );
}

/** The later word of the channel holds. */
export function writeChannelProfile(
  db: Database,
  id: Bytes,
  seq: number,
  { name, about, picture }: Pick<ChannelRow, "name" | "about" | "picture">,
): void {
  db.run(
    `UPDATE channels SET name = ?1, about = ?2, picture = ?3, profile_seq = ?5 WHERE id = ?4 AND profile_seq < ?5`,
    name,
    about,
    picture,
    id,
    seq,
  );
}

/** The later word of the channel holds. */
export function writeChannelPins(db: Database, id: Bytes, seq: number, pins: Bytes): void {
  db.run("UPDATE channels SET pins = ?1, pins_seq = ?3 WHERE id = ?2 AND pins_seq < ?3", pins, id, seq);
}

/** A place that home gave to another channel: the entry itself says whose it is. */
export function dropChannelBlank(db: Database, hash: Bytes): void {
  db.run("DELETE FROM channel_entries WHERE hash = ? AND kind = ''", hash);
}

/** A place that is held already stays as it is. Returns whether it was new. */
export function addChannelEntry(db: Database, row: ChannelEntryRow): boolean {
  return (
    db.run(
      `INSERT INTO channel_entries (hash, channel, seq, kind, pack, day, about, words, shown, state, got_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`,
      row.hash,
      row.channel,
      row.seq,
      row.kind,
      row.pack,
      row.day,
      row.about,
      row.words,
      row.shown,
      row.state,
      row.got_ms,
    ) > 0
  );
}

export function readChannelEntry(db: Database, hash: Bytes): ChannelEntryRow | undefined {
  return db.get("SELECT * FROM channel_entries WHERE hash = ?", hash);
}

/** What it showed goes with it; its place stays. */
export function setChannelEntryState(db: Database, hash: Bytes, state: ChannelEntryRow["state"]): void {
  const forgets = state === "deleted" || state === "removed" || state === "gone";
  db.run(
    `UPDATE channel_entries SET state = ?${forgets ? ", words = '', shown = x''" : ""} WHERE hash = ?`,
    state,
    hash,
  );
  if (forgets) db.run("DELETE FROM channel_tags WHERE entry = ?", hash);
}

export function addChannelTag(db: Database, tag: string, entry: Bytes): void {
  db.run("INSERT INTO channel_tags (tag, entry) VALUES (?, ?) ON CONFLICT DO NOTHING", tag, entry);
}

/** Films and pictures that are here, published at or after a day, the newest first. */
export function readChannelFilms(db: Database, sinceDay: number, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT * FROM channel_entries WHERE kind IN ('film', 'pictures') AND state = 'here' AND day >= ?
     ORDER BY pack DESC, hash LIMIT ?`,
    sinceDay,
    limit,
  );
}

export function readChannelEntriesOf(
  db: Database,
  channel: Bytes,
  kinds: readonly string[],
  limit: number,
): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT * FROM channel_entries WHERE channel = ? AND kind IN (${kinds.map(() => "?").join(", ")})
     ORDER BY pack DESC, seq DESC LIMIT ?`,
    channel,
    ...kinds,
    limit,
  );
}

export function readFollowedFilms(db: Database, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT e.* FROM channel_follows AS f JOIN channel_entries AS e ON e.channel = f.channel
     WHERE f.is_on = 1 AND e.kind IN ('film', 'pictures') AND e.state = 'here'
     ORDER BY e.pack DESC, e.seq DESC LIMIT ?`,
    limit,
  );
}

/** What friends like, the latest like first. */
export function readFriendsFilms(db: Database, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT e.* FROM (SELECT entry, max(stamp_ms) AS at FROM channel_friend_likes WHERE is_on = 1 GROUP BY entry) AS l
     JOIN channel_entries AS e ON e.hash = l.entry
     WHERE e.kind IN ('film', 'pictures') AND e.state = 'here' ORDER BY l.at DESC LIMIT ?`,
    limit,
  );
}

/** Entries that comment this film, the newest of them, in the order in which they were published. */
export function readChannelComments(db: Database, film: Bytes, limit: number): readonly ChannelEntryRow[] {
  return db
    .all<ChannelEntryRow>(
      `SELECT * FROM channel_entries WHERE about = ? AND kind = 'comment' AND state = 'here'
       ORDER BY pack DESC, got_ms DESC, hash DESC LIMIT ?`,
      film,
      limit,
    )
    .toReversed();
}

export function countChannelComments(db: Database, film: Bytes): number {
  return (
    db.get<{ count: number }>(
      "SELECT count(*) AS count FROM channel_entries WHERE about = ? AND kind = 'comment' AND state = 'here'",
      film,
    )?.count ?? 0
  );
}

/** What a page of this pack may have: as it was when home published it. */
export function readOfferedFilms(
  db: Database,
  { n, day }: ChannelPackRow,
  days: number,
): readonly Pick<ChannelEntryRow, "hash" | "channel" | "pack" | "day">[] {
  return db.all(
    `SELECT hash, channel, pack, day FROM channel_entries AS e
     WHERE kind IN ('film', 'pictures') AND pack <= ?1 AND day > ?2
       AND NOT EXISTS (SELECT 1 FROM channel_withdrawn AS w
         WHERE w.target = e.hash AND w.channel = e.channel AND w.what = 'delete' AND w.pack <= ?1)
       AND ifnull((SELECT action FROM channel_decisions AS d WHERE d.target = e.hash AND d.pack <= ?1
         ORDER BY d.pack DESC, d.place DESC LIMIT 1), '') <> 'remove'`,
    n,
    day - days,
  );
}

/** Places where nothing stands and that nothing explains yet. */
export function readChannelBlanks(db: Database): readonly ChannelEntryRow[] {
  return db.all("SELECT * FROM channel_entries WHERE state = 'gone'");
}

export function addChannelCount(db: Database, entry: Bytes, pack: number, likes: number, views: number): void {
  db.run(
    `INSERT INTO channel_counts (entry, pack, likes, views) VALUES (?, ?, ?, ?)
     ON CONFLICT (entry, pack) DO UPDATE SET likes = excluded.likes, views = excluded.views`,
    entry,
    pack,
    likes,
    views,
  );
}

/** As the packs up to this one told. */
export function readChannelCount(
  db: Database,
  entry: Bytes,
  upTo: number = Number.MAX_SAFE_INTEGER,
): { readonly likes: number; readonly views: number } {
  return (
    db.get(
      "SELECT likes, views FROM channel_counts WHERE entry = ? AND pack <= ? ORDER BY pack DESC LIMIT 1",
      entry,
      upTo,
    ) ?? { likes: 0, views: 0 }
  );
}

/** What was so before a pack stays only where nothing else was told up to it. */
export function dropOldChannelCounts(db: Database, before: number): void {
  db.run(
    `DELETE FROM channel_counts WHERE pack < ?1 AND EXISTS (SELECT 1 FROM channel_counts AS later
       WHERE later.entry = channel_counts.entry AND later.pack > channel_counts.pack AND later.pack <= ?1)`,
    before,
  );
}

export function addChannelDecision(db: Database, pack: number, place: number, decision: ChannelDecisionRow): void {
  db.run(
    `INSERT INTO channel_decisions (pack, place, target, action, reason, appeal) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (pack, place) DO NOTHING`,
    pack,
    place,
    decision.target,
    decision.action,
    decision.reason,
    decision.appeal,
  );
}

/** The latest that home did with it. */
export function readChannelDecision(
  db: Database,
  target: Bytes,
  upTo: number = Number.MAX_SAFE_INTEGER,
): ChannelDecisionRow | undefined {
  return db.get(
    `SELECT target, action, reason, appeal FROM channel_decisions WHERE target = ? AND pack <= ?
     ORDER BY pack DESC, place DESC LIMIT 1`,
    target,
    upTo,
  );
}

/** The later word of the channel holds. */
export function writeChannelWithdrawn(
  db: Database,
  target: Bytes,
  channel: Bytes,
  what: "delete" | "hide",
  isOn: boolean,
  { seq, pack }: { readonly seq: number; readonly pack: number },
): void {
  db.run(
    `INSERT INTO channel_withdrawn (target, channel, what, is_on, seq, pack) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (target, channel, what) DO UPDATE
     SET is_on = excluded.is_on, seq = excluded.seq, pack = excluded.pack WHERE excluded.seq > channel_withdrawn.seq`,
    target,
    channel,
    what,
    isOn ? 1 : 0,
    seq,
    pack,
  );
}

export function isChannelWithdrawn(db: Database, target: Bytes, channel: Bytes, what: "delete" | "hide"): boolean {
  return (
    db.get<{ is_on: number }>(
      "SELECT is_on FROM channel_withdrawn WHERE target = ? AND channel = ? AND what = ?",
      target,
      channel,
      what,
    )?.is_on === 1
  );
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

export function dropChannelFound(db: Database, what: string, channel: Bytes, seq: number): void {
  db.run("DELETE FROM channel_found WHERE what = ? AND channel = ? AND seq = ?", what, channel, seq);
}

export function readChannelFound(db: Database): readonly ChannelFoundRow[] {
  return db.all("SELECT what, pack, channel, seq, account FROM channel_found ORDER BY at_ms, pack, seq");
}

export function readChannelOwn(db: Database): readonly ChannelOwnRow[] {
  return db.all("SELECT * FROM channel_own ORDER BY stamp_ms, id");
}

export function addChannelOwn(
  db: Database,
  { id, seed, inception, stamp_ms }: Pick<ChannelOwnRow, "id" | "seed" | "inception" | "stamp_ms">,
): boolean {
  return (
    db.run(
      "INSERT INTO channel_own (id, seed, inception, stamp_ms) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
      id,
      seed,
      inception,
      stamp_ms,
    ) > 0
  );
}

export function setChannelOwnHead(db: Database, id: Bytes, seq: number, head: Bytes): void {
  db.run("UPDATE channel_own SET seq = ?, head = ? WHERE id = ?", seq, head, id);
}

export function addChannelPut(
  db: Database,
  row: Pick<ChannelPutRow, "channel" | "kind" | "body" | "films" | "about" | "title" | "total" | "made_ms">,
): number {
  db.run(
    `INSERT INTO channel_puts (channel, kind, body, films, about, title, state, total, made_ms)
     VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
    row.channel,
    row.kind,
    row.body,
    row.films,
    row.about,
    row.title,
    row.total,
    row.made_ms,
  );
  return db.get<{ put: number }>("SELECT max(put) AS put FROM channel_puts")?.put ?? 0;
}

export function readChannelPuts(db: Database): readonly ChannelPutRow[] {
  return db.all("SELECT * FROM channel_puts ORDER BY put");
}

export function setChannelPut(
  db: Database,
  put: number,
  change: Partial<Pick<ChannelPutRow, "state" | "fault" | "done" | "entry" | "bytes" | "seq" | "pack">>,
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

/** The later stamp holds. Returns whether it was taken. */
export function writeChannelFollow(db: Database, channel: Bytes, isOn: boolean, stampMs: number): boolean {
  return (
    db.run(
      `INSERT INTO channel_follows (channel, is_on, stamp_ms) VALUES (?, ?, ?)
       ON CONFLICT (channel) DO UPDATE SET is_on = excluded.is_on, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > channel_follows.stamp_ms`,
      channel,
      isOn ? 1 : 0,
      stampMs,
    ) > 0
  );
}

export function readChannelFollows(
  db: Database,
): readonly { readonly channel: Bytes; readonly is_on: number; readonly stamp_ms: number }[] {
  return db.all("SELECT channel, is_on, stamp_ms FROM channel_follows ORDER BY stamp_ms");
}

export function isChannelFollowed(db: Database, channel: Bytes): boolean {
  return db.get<{ is_on: number }>("SELECT is_on FROM channel_follows WHERE channel = ?", channel)?.is_on === 1;
}

/** The later stamp holds. Returns whether it was taken. */
export function writeChannelLike(db: Database, entry: Bytes, isOn: boolean, stampMs: number): boolean {
  return (
    db.run(
      `INSERT INTO channel_likes (entry, is_on, stamp_ms) VALUES (?, ?, ?)
       ON CONFLICT (entry) DO UPDATE SET is_on = excluded.is_on, stamp_ms = excluded.stamp_ms
       WHERE excluded.stamp_ms > channel_likes.stamp_ms`,
      entry,
      isOn ? 1 : 0,
      stampMs,
    ) > 0
  );
}

export function readChannelLike(
  db: Database,
  entry: Bytes,
): { readonly is_on: number; readonly stamp_ms: number } | undefined {
  return db.get("SELECT is_on, stamp_ms FROM channel_likes WHERE entry = ?", entry);
}

export function readChannelLikes(
  db: Database,
): readonly { readonly entry: Bytes; readonly is_on: number; readonly stamp_ms: number }[] {
  return db.all("SELECT entry, is_on, stamp_ms FROM channel_likes ORDER BY stamp_ms DESC LIMIT 5000");
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

export function readFriendLikes(db: Database, entry: Bytes): readonly AccountId[] {
  return db
    .all<{ account: AccountId }>(
      "SELECT account FROM channel_friend_likes WHERE entry = ? AND is_on = 1 ORDER BY stamp_ms",
      entry,
    )
    .map(({ account }) => account);
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

export function writeChannelTaste(db: Database, entry: Bytes, value: number, atMs: number): void {
  db.run(
    `INSERT INTO channel_taste (entry, value, at_ms) VALUES (?, ?, ?)
     ON CONFLICT (entry) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms`,
    entry,
    value,
    atMs,
  );
}

/** The newest two thousand. */
export function readChannelTaste(db: Database): readonly { readonly entry: Bytes; readonly value: number }[] {
  return db.all("SELECT entry, value FROM channel_taste ORDER BY at_ms DESC LIMIT 2000");
}

export function forgetChannelTaste(db: Database): void {
  db.script("DELETE FROM channel_taste; DELETE FROM channel_topics;");
}

export function writeChannelTopic(db: Database, tag: string, level: number): void {
  if (level === 2) db.run("DELETE FROM channel_topics WHERE tag = ?", tag);
  else
    db.run(
      "INSERT INTO channel_topics (tag, level) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET level = excluded.level",
      tag,
      level,
    );
}

export function readChannelTopics(db: Database): readonly { readonly tag: string; readonly level: number }[] {
  return db.all("SELECT tag, level FROM channel_topics ORDER BY tag");
}

/** Hashtags of what is here, the most frequent first. */
export function readChannelTags(
  db: Database,
  limit: number,
): readonly { readonly tag: string; readonly films: number }[] {
  return db.all("SELECT tag, count(*) AS films FROM channel_tags GROUP BY tag ORDER BY films DESC, tag LIMIT ?", limit);
}

export function countChannelTag(db: Database, tag: string): number {
  return db.get<{ films: number }>("SELECT count(*) AS films FROM channel_tags WHERE tag = ?", tag)?.films ?? 0;
}

export function readChannelValue(db: Database, name: string): Bytes | undefined {
  return db.get<{ value: Bytes }>("SELECT value FROM channel_values WHERE name = ?", name)?.value;
}

export function writeChannelValue(db: Database, name: string, value: Bytes): void {
  db.run(
    "INSERT INTO channel_values (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    name,
    value,
  );
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
  `);
}

/** Of a pack as it was before home was put back. */
export function readChannelPackBefore(db: Database, n: number): Bytes | undefined {
  return db.get<{ hash: Bytes }>("SELECT hash FROM channel_packs_before WHERE n = ?", n)?.hash;
}

export function newestChannelPackBefore(db: Database): number | undefined {
  return db.get<{ n: number }>("SELECT n FROM channel_packs_before ORDER BY n DESC LIMIT 1")?.n;
}

export function countChannelPacksOf(db: Database, day: number): number {
  return db.get<{ count: number }>("SELECT count(*) AS count FROM channel_packs WHERE day = ?", day)?.count ?? 0;
}
