/** Moments 朋友圈 (docs/spec/moments.md MO): posts and words of friends and own ones, and the keys that carry them. */
import { type AccountId, type Bytes, type ConversationId, toHex, type UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** Going back is safe: earlier versions do not read any of it. */
export const momentTables = `
  -- Keys of this account, all own devices alone: M and what a person decided. One row.
  CREATE TABLE moment_self (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    root       BLOB    NOT NULL,           -- M: ways and places are made of it
    generation INTEGER NOT NULL,           -- grows when a device is dropped
    devices    BLOB    NOT NULL DEFAULT x'', -- own devices that hold it, joined
    root_ms    INTEGER NOT NULL            -- of two devices that made one at once the later holds
  ) STRICT;

  CREATE TABLE moment_settings (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    is_on    INTEGER NOT NULL,
    days     INTEGER NOT NULL,             -- how far back friends see; 0: all
    seen_ms  INTEGER NOT NULL,             -- what concerns this person was seen up to here
    fed_ms   INTEGER NOT NULL,             -- friends' posts were seen up to here
    stamp_ms INTEGER NOT NULL
  ) STRICT;

  -- L: logs of this account. What it says stands in the newest.
  CREATE TABLE moment_own_logs (
    key        BLOB    PRIMARY KEY,
    root       BLOB    NOT NULL,           -- M of its time: its places are made of it
    generation INTEGER NOT NULL,
    since_ms   INTEGER NOT NULL,
    place      INTEGER NOT NULL,           -- where this device goes on: spent before bytes exist
    told       BLOB    NOT NULL            -- accounts that hold it, joined
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE moment_friends (
    account     BLOB    PRIMARY KEY,
    told        INTEGER NOT NULL DEFAULT 0, -- generation of the way they were told; -1: a way is due; -2: posts too
    theirs      INTEGER NOT NULL DEFAULT 0, -- the last generation that they told of themselves
    renewed_ms  INTEGER NOT NULL DEFAULT 0, -- when a log was last renewed for a device that they dropped
    answered_ms INTEGER NOT NULL DEFAULT 0, -- when they were last told again because they asked
    gap_ms      INTEGER NOT NULL DEFAULT 0, -- when a gap of theirs was last answered
    asked_ms    INTEGER NOT NULL DEFAULT 0, -- when they were asked for their keys again
    ask_ms      INTEGER NOT NULL DEFAULT 0, -- when a gap of theirs is to be asked for; 0: none is
    out_next    INTEGER NOT NULL DEFAULT 0, -- place k of the next cell to them: spent before bytes exist
    chats_only  INTEGER NOT NULL DEFAULT 0,
    hides_mine  INTEGER NOT NULL DEFAULT 0,
    hides_theirs INTEGER NOT NULL DEFAULT 0,
    stamp_ms    INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  -- W of friends, by which what they tell is found; and of this account to itself, for own devices.
  -- Keyed by account as well: who names another's way or log takes nothing from them (MO31).
  CREATE TABLE moment_ways (
    way        BLOB    NOT NULL,
    account    BLOB    NOT NULL,
    generation INTEGER NOT NULL,
    next       INTEGER NOT NULL,           -- the place that was not read yet
    since_ms   INTEGER NOT NULL,
    came_ms    INTEGER NOT NULL DEFAULT 0, -- when something last came by it
    said       INTEGER NOT NULL DEFAULT 0, -- up to here its author told again what there is
    PRIMARY KEY (account, way)
  ) STRICT, WITHOUT ROWID;

  -- L of friends, and of own devices: where each log goes on.
  CREATE TABLE moment_logs (
    key     BLOB    NOT NULL,
    account BLOB    NOT NULL,
    heads   BLOB    NOT NULL,              -- four names, joined
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (account, key)
  ) STRICT, WITHOUT ROWID;

  -- What did not come: a place of a friend's way (log is empty), or a name in a log.
  CREATE TABLE moment_gaps (
    account  BLOB    NOT NULL,
    log      BLOB    NOT NULL,
    place    INTEGER NOT NULL,
    name     BLOB    NOT NULL,
    since_ms INTEGER NOT NULL,
    asked_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, log, place, name)
  ) STRICT, WITHOUT ROWID;

  -- Posts, statuses and covers. Of one that was let go only id and secret stay, with an empty body.
  CREATE TABLE moments (
    id        BLOB    PRIMARY KEY,
    author    BLOB    NOT NULL,
    secret    BLOB    NOT NULL,            -- S
    name      BLOB    NOT NULL,            -- hole of the body
    kind      TEXT    NOT NULL,            -- 'post', 'status', 'cover', or '' until the body is here
    at_ms     INTEGER NOT NULL,
    day       INTEGER NOT NULL,            -- by its author's clock: headers of words on it bear it
    until_day INTEGER NOT NULL,            -- from that day on it is not shown; 0: for good
    signed    BLOB    NOT NULL,            -- signature and body; empty until it is here
    mention   INTEGER NOT NULL DEFAULT 0,  -- it calls this person
    state     TEXT    NOT NULL CHECK (state IN ('wanted', 'here', 'sending', 'failed', 'gone')),
    audience  BLOB,                        -- of own ones: for whom, encoded
    told      BLOB,                        -- of own ones: accounts that hold the secret, joined
    got_ms    INTEGER NOT NULL,
    stamp_ms  INTEGER NOT NULL DEFAULT 0,
    tries     INTEGER NOT NULL DEFAULT 0,  -- of one whose body is not here: how often it was looked for in vain
    again_ms  INTEGER NOT NULL DEFAULT 0,  -- the same: from when on it is looked for again
    kept_day  INTEGER NOT NULL DEFAULT 0   -- of own ones: when this device last put the body again; below 0: see 'toBeSigned', 'toBeMended'
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX moments_by_time ON moments (kind, at_ms DESC, id DESC) WHERE state <> 'gone';
  CREATE INDEX moments_by_day ON moments (day & 255) WHERE state <> 'gone';
  CREATE INDEX moments_of ON moments (author, kind, at_ms DESC) WHERE state <> 'gone';

  CREATE TABLE moment_words (
    id      BLOB    PRIMARY KEY,
    post    BLOB    NOT NULL,
    author  BLOB    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('like', 'comment')),
    about   BLOB    NOT NULL,              -- the word that it answers; empty: the post
    reply   BLOB    NOT NULL,              -- R: what an answer to it is bound to
    text    TEXT    NOT NULL,
    at_ms   INTEGER NOT NULL,
    log     BLOB    NOT NULL,              -- where it stands: log, name of its header, name of the word
    header  BLOB    NOT NULL,
    name    BLOB    NOT NULL,
    state   TEXT    NOT NULL CHECK (state IN ('here', 'sending', 'gone')),
    got_ms  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX moment_words_on ON moment_words (post, at_ms);
  CREATE INDEX moment_words_news ON moment_words (at_ms DESC);
  CREATE INDEX moment_words_by ON moment_words (author, got_ms);

  -- Words that were taken back, or hidden by who posts, before they were read: for a word on this post alone, of the
  -- same author, or of any where the poster said it.
  CREATE TABLE moment_taken_back (
    post    BLOB    NOT NULL,
    about   BLOB    NOT NULL,              -- id of the word
    author  BLOB    NOT NULL,              -- who said so
    got_ms  INTEGER NOT NULL,
    PRIMARY KEY (post, about, author)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX moment_taken_back_by ON moment_taken_back (author, got_ms);

  -- Words that were not read yet: their post, or what they answer, may come later.
  CREATE TABLE moment_closed (
    name    BLOB    NOT NULL,              -- of the word
    author  BLOB    NOT NULL,
    log     BLOB    NOT NULL,
    header  BLOB    NOT NULL,
    hint    BLOB    NOT NULL,
    day     INTEGER NOT NULL,              -- of the post, by its last eight bits
    got_ms  INTEGER NOT NULL,
    secret  BLOB    NOT NULL DEFAULT x'',  -- S of the post that its hint answers to, once one is here
    tries   INTEGER NOT NULL DEFAULT 0,    -- how often it was read and did not open
    again_ms INTEGER NOT NULL DEFAULT 0,   -- from when on it is read again
    PRIMARY KEY (author, name)
  ) STRICT, WITHOUT ROWID;

  -- What goes to home: in this order, and the same bytes until home has them.
  CREATE TABLE moment_puts (
    put      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    args     BLOB    NOT NULL,             -- CBOR by kind
    holes    BLOB,                         -- CBOR: the exact bytes, once places were spent for them
    about    BLOB    NOT NULL              -- id of the post or word that it is of; or empty
  ) STRICT;

  -- Cells, what fills their rounds, and parts of bodies that this device put for an own post: they go with it.
  CREATE TABLE moment_holes (
    secret BLOB    PRIMARY KEY,
    post   BLOB    NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX moment_holes_of ON moment_holes (post);

  -- Holes that are to be cleared, by the secrets that their names are made of.
  CREATE TABLE moment_clears (
    secret BLOB    PRIMARY KEY,
    due_ms INTEGER NOT NULL,
    is_own INTEGER NOT NULL                -- this account put it; 0: a friend did, and it was read here
  ) STRICT, WITHOUT ROWID;

  -- The author's check: what is to be looked for at home later, and put again where it lacks.
  CREATE TABLE moment_checks (
    secret BLOB    PRIMARY KEY,
    value  BLOB    NOT NULL,
    due_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Going back is safe: earlier versions tell a friend in a chat that was founded anew nothing again. */
export const toldMomentTables = `
  -- What a friend was told of this account's keys, and the group of their chat in which it was: CBOR; empty, unknown.
  ALTER TABLE moment_friends ADD COLUMN told_said BLOB NOT NULL DEFAULT x'';
  ALTER TABLE moment_friends ADD COLUMN told_in BLOB NOT NULL DEFAULT x'';

  -- Files that nothing names any more, and that the server may have still: it is told until it says that they are gone.
  CREATE TABLE let_go_blobs (
    id     BLOB PRIMARY KEY,
    owner  BLOB NOT NULL,
    server TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Going back is safe: earlier versions clear what friends put at their own home alone, where it is not. */
export const farMomentTables = `
  -- The home at which the hole is; empty: this account's own.
  ALTER TABLE moment_clears ADD COLUMN server TEXT NOT NULL DEFAULT '';
`;

/** Going back is safe: earlier versions leave the places of a post that is taken back empty. */
export const placedMomentTables = `
  -- For whom a cell is, and at which place; empty: it fills a round; null: part of a body, or of before this column.
  ALTER TABLE moment_holes ADD COLUMN account BLOB;
  ALTER TABLE moment_holes ADD COLUMN place INTEGER;
`;

/** Going back is safe: an index alone. */
export const foundMomentTables = `
  -- What calls this person; and what is new since the posts of friends were seen.
  CREATE INDEX moments_calls ON moments (got_ms DESC) WHERE mention = 1 AND state <> 'gone';
  CREATE INDEX moments_new ON moments (got_ms) WHERE kind = 'post' AND state = 'here';
`;

/**
 * Going back is not safe, and is refused (NewerDatabaseError). Earlier versions would drop a round that waits: friends
 * do not hear of its log, its post says `sending` for good, and a deletion clears none of what stands of it at home.
 */
export const roundMomentTables = `
  -- What a round tells, and whom: written once. Of a post it stays as long as that.
  CREATE TABLE moment_rounds (
    round INTEGER PRIMARY KEY AUTOINCREMENT,
    post  BLOB    NOT NULL,                -- id; empty: it tells a log, or what was before
    cells BLOB    NOT NULL                 -- CBOR
  ) STRICT;
  CREATE INDEX moment_rounds_of ON moment_rounds (post);

  -- The places that were spent for it, and the seed of all that is random in its holes: CBOR.
  CREATE TABLE moment_rounds_spent (
    round INTEGER PRIMARY KEY,
    spent BLOB    NOT NULL
  ) STRICT;
`;

/**
 * Going back is refused (NewerDatabaseError), as of each version; an earlier one would look at words that rest no more.
 */
export const restingMomentTables = `
  -- Whether words that waited before it came were looked at with it.
  ALTER TABLE moments ADD COLUMN matched INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX moments_unmatched ON moments (id) WHERE matched = 0;
  CREATE INDEX moments_wanted ON moments (author, tries, at_ms DESC) WHERE state = 'wanted';
  CREATE INDEX moments_gone ON moments (day & 255) WHERE state = 'gone';
  -- Words that are to be looked at; and those of a day that rest until a post of theirs comes.
  CREATE INDEX moment_closed_due ON moment_closed (again_ms, day);
  CREATE INDEX moment_closed_of ON moment_closed (day, log);
  CREATE INDEX moment_clears_due ON moment_clears (is_own, due_ms);
`;

/**
 * 68: from where on a friend was told a log, and what of them is due. Going back is refused (NewerDatabaseError), as of
 * each version; an earlier one would tell a friend who lost their keys the log of now alone.
 */
export const startedMomentTables = `
  -- Where a friend was first told a log of this account, as far as this device knows it.
  CREATE TABLE moment_starts (
    account BLOB NOT NULL,
    log     BLOB NOT NULL,
    heads   BLOB NOT NULL,                 -- names, joined
    PRIMARY KEY (account, log)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE moment_friends ADD COLUMN owed INTEGER NOT NULL DEFAULT 0; -- answers to 'momentsGap' that are taken still
  ALTER TABLE moment_friends ADD COLUMN lost INTEGER NOT NULL DEFAULT 0; -- they lost their keys: logs of before are due
  UPDATE moment_friends SET owed = 4 WHERE asked_ms > 0;
`;

/**
 * Places of cells by themselves: a post spends one of each friend, and writes nothing else of them (MO149). Going back
 * is refused (NewerDatabaseError), as of each version.
 */
export const spentMomentTables = `
  -- Place k of the next cell to an account, this one too: spent before bytes exist.
  CREATE TABLE moment_places (
    account BLOB    PRIMARY KEY,
    next    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO moment_places (account, next) SELECT account, out_next FROM moment_friends WHERE out_next > 0;
  ALTER TABLE moment_friends DROP COLUMN out_next;
`;

export type MomentRow = {
  readonly id: Bytes;
  readonly author: AccountId;
  readonly secret: Bytes;
  readonly name: Bytes;
  readonly kind: string;
  readonly at_ms: UnixMs;
  readonly day: number;
  readonly until_day: number;
  readonly signed: Bytes;
  readonly mention: number;
  readonly state: "wanted" | "here" | "sending" | "failed" | "gone";
  readonly audience: Bytes | null;
  readonly told: Bytes | null;
  readonly got_ms: UnixMs;
  readonly stamp_ms: number;
  /** Of one whose body is not here: how often it was looked for in vain. Left out of a new one: never. */
  readonly tries?: number;
  readonly again_ms?: number;
  /** The day on which this device put the body again. 0, and left out of a new one: never. */
  readonly kept_day?: number;
  /** Left out of a new one: 0. */
  readonly matched?: number;
};
export type MomentWordRow = {
  readonly id: Bytes;
  readonly post: Bytes;
  readonly author: AccountId;
  readonly kind: "like" | "comment";
  readonly about: Bytes;
  readonly reply: Bytes;
  readonly text: string;
  readonly at_ms: UnixMs;
  readonly log: Bytes;
  readonly header: Bytes;
  readonly name: Bytes;
  readonly state: "here" | "sending" | "gone";
  readonly got_ms: UnixMs;
};
export type MomentFriendRow = {
  readonly account: AccountId;
  readonly told: number;
  readonly theirs: number;
  readonly renewed_ms: number;
  readonly answered_ms: number;
  readonly gap_ms: number;
  readonly asked_ms: number;
  readonly ask_ms: number;
  readonly chats_only: number;
  readonly hides_mine: number;
  readonly hides_theirs: number;
  readonly stamp_ms: number;
  /** Left out of `readMomentFriends`, as is what follows. */
  readonly owed?: number;
  readonly lost?: number;
  /** How they were told, and the group in which. */
  readonly told_said?: Bytes;
  readonly told_in?: Bytes;
};
export type MomentOwnLogRow = {
  readonly key: Bytes;
  readonly root: Bytes;
  readonly generation: number;
  readonly since_ms: UnixMs;
  readonly place: number;
  readonly told: Bytes;
};
export type MomentWayRow = {
  readonly way: Bytes;
  readonly account: AccountId;
  readonly generation: number;
  readonly next: number;
  readonly since_ms: UnixMs;
  /** Left out of a new one: never. */
  readonly came_ms?: number;
  readonly said?: number;
};
export type MomentLogRow = {
  readonly key: Bytes;
  readonly account: AccountId;
  readonly heads: Bytes;
  readonly since_ms: UnixMs;
};
export type MomentClosedRow = {
  readonly name: Bytes;
  readonly author: AccountId;
  readonly log: Bytes;
  readonly header: Bytes;
  readonly hint: Bytes;
  readonly day: number;
  readonly got_ms: number;
  /** S of what its hint answers to. Empty: to nothing yet. */
  readonly secret: Bytes;
  readonly tries: number;
};
export type MomentTakenBackRow = {
  readonly post: Bytes;
  readonly about: Bytes;
  readonly author: AccountId;
  readonly got_ms: number;
};
export type MomentGapRow = {
  readonly account: AccountId;
  /** Empty: it is a place of a way, or a hole of a body or word. */
  readonly log: Bytes;
  readonly place: number;
  readonly name: Bytes;
  readonly since_ms: number;
};
export type MomentPutRow = {
  readonly put: number;
  readonly kind: string;
  readonly args: Bytes;
  readonly holes: Bytes | null;
  readonly about: Bytes;
};
export type MomentSettingsRow = {
  readonly is_on: number;
  readonly days: number;
  readonly seen_ms: UnixMs;
  readonly fed_ms: UnixMs;
  readonly stamp_ms: number;
};

/** In place of that day: a device that is dropped may have signed the body, and then nobody else believes it. */
export const toBeSigned = -1;
/** This less that day: a friend says that something else is where it lies. */
export const toBeMended = -2;

export function readMomentRoot(db: Database): { root: Bytes; generation: number; root_ms: number } | undefined {
  return db.get("SELECT root, generation, root_ms FROM moment_self");
}

/** The higher generation counts, then the later stamp, then the bytes. Returns whether it was taken. */
export function writeMomentRoot(db: Database, root: Bytes, generation: number, stampMs: number): boolean {
  return (
    db.run(
      `INSERT INTO moment_self (one, root, generation, root_ms) VALUES (1, ?, ?, ?)
       ON CONFLICT (one) DO UPDATE SET root = excluded.root, generation = excluded.generation, root_ms = excluded.root_ms
       WHERE (excluded.generation, excluded.root_ms, excluded.root) > (moment_self.generation, moment_self.root_ms, moment_self.root)`,
      root,
      generation,
      stampMs,
    ) > 0
  );
}

/** Own devices that hold M: where one of them is dropped, M changes. */
export function readMomentDevices(db: Database): Bytes {
  return db.get<{ devices: Bytes }>("SELECT devices FROM moment_self")?.devices ?? new Uint8Array();
}

export function setMomentDevices(db: Database, devices: Bytes): void {
  db.run("UPDATE moment_self SET devices = ?", devices);
}

export function readMomentSettings(db: Database): MomentSettingsRow {
  return (
    db.get<MomentSettingsRow>("SELECT is_on, days, seen_ms, fed_ms, stamp_ms FROM moment_settings") ?? {
      is_on: 1,
      days: 0,
      seen_ms: 0 as UnixMs,
      fed_ms: 0 as UnixMs,
      stamp_ms: 0,
    }
  );
}

/** The later stamp holds; what was seen only grows. Returns whether something changed. */
export function writeMomentSettings(db: Database, row: MomentSettingsRow): boolean {
  const held = readMomentSettings(db);
  const next = row.stamp_ms > held.stamp_ms ? row : held;
  const seen = Math.max(row.seen_ms, held.seen_ms);
  const fed = Math.max(row.fed_ms, held.fed_ms);
  if (next === held && seen === held.seen_ms && fed === held.fed_ms) return false;
  db.run(
    "INSERT OR REPLACE INTO moment_settings (one, is_on, days, seen_ms, fed_ms, stamp_ms) VALUES (1, ?, ?, ?, ?, ?)",
    next.is_on,
    next.days,
    seen,
    fed,
    next.stamp_ms,
  );
  return true;
}

export function readMomentFriend(db: Database, account: AccountId): MomentFriendRow | undefined {
  return db.get<MomentFriendRow>("SELECT * FROM moment_friends WHERE account = ?", account);
}

/** What is left out stays. */
export function writeMomentFriend(
  db: Database,
  account: AccountId,
  change: Partial<Omit<MomentFriendRow, "account">>,
): void {
  db.run("INSERT INTO moment_friends (account) VALUES (?) ON CONFLICT DO NOTHING", account);
  for (const [column, value] of Object.entries(change))
    db.run(`UPDATE moment_friends SET "${column}" = ? WHERE account = ?`, value as never, account);
}

/**
 * Contacts, with what is kept of each: those with whom Moments are shared, and those who are chats only. A contact of
 * whom nothing is kept is one too.
 */
export function readMomentFriends(db: Database): readonly (MomentFriendRow & { readonly tags: string })[] {
  return db.all(
    `SELECT c.account, c.tags, coalesce(f.told, 0) AS told, coalesce(f.asked_ms, 0) AS asked_ms,
       coalesce(f.ask_ms, 0) AS ask_ms,
       coalesce(f.theirs, 0) AS theirs, coalesce(f.renewed_ms, 0) AS renewed_ms,
       coalesce(f.answered_ms, 0) AS answered_ms, coalesce(f.gap_ms, 0) AS gap_ms,
       coalesce(f.chats_only, 0) AS chats_only,
       coalesce(f.hides_mine, 0) AS hides_mine, coalesce(f.hides_theirs, 0) AS hides_theirs,
       coalesce(f.stamp_ms, 0) AS stamp_ms
     FROM contacts AS c LEFT JOIN moment_friends AS f ON f.account = c.account WHERE c.state = 'contact' ORDER BY c.account`,
  );
}

/** Contacts with whom Moments are shared: what is asked at each look. */
export function readMomentShared(
  db: Database,
): readonly Pick<MomentFriendRow, "account" | "told" | "asked_ms" | "renewed_ms" | "hides_theirs" | "lost">[] {
  return db.all(
    `SELECT c.account, coalesce(f.told, 0) AS told, coalesce(f.asked_ms, 0) AS asked_ms, coalesce(f.lost, 0) AS lost,
       coalesce(f.renewed_ms, 0) AS renewed_ms, coalesce(f.hides_theirs, 0) AS hides_theirs
     FROM contacts AS c LEFT JOIN moment_friends AS f ON f.account = c.account
     WHERE c.state = 'contact' AND coalesce(f.chats_only, 0) = 0 ORDER BY c.account`,
  );
}

export type MomentToldRow = {
  readonly account: AccountId;
  readonly told_said: Bytes;
  readonly conversation: ConversationId;
  /** In another group than the one that their chat has now. */
  readonly is_elsewhere: number;
};

/** Friends who were told, and whose chat is open. */
export function readMomentTold(db: Database, generation: number): readonly MomentToldRow[] {
  return db.all(
    `SELECT f.account, f.told_said, v.conversation, v.group_id <> f.told_in AS is_elsewhere FROM moment_friends AS f JOIN contacts AS c ON c.account = f.account
     JOIN conversations AS v ON v.peer = f.account
     WHERE c.state = 'contact' AND f.chats_only = 0 AND f.told = ? AND f.told_said <> x''
       AND v.state = 'open' AND v.group_id IS NOT NULL
     ORDER BY f.account`,
    generation,
  );
}

/** Of what is told again, the first counts. */
export function addMomentStart(db: Database, account: AccountId, log: Bytes, heads: Bytes): void {
  db.run(
    "INSERT INTO moment_starts (account, log, heads) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    account,
    log,
    heads,
  );
}

/** Of logs that began before. */
export function dropMomentStarts(db: Database, sinceMs: number): void {
  db.run("DELETE FROM moment_starts WHERE log NOT IN (SELECT key FROM moment_own_logs WHERE since_ms >= ?)", sinceMs);
}

export function readMomentStarts(
  db: Database,
  account: AccountId,
): readonly { readonly log: Bytes; readonly heads: Bytes }[] {
  return db.all("SELECT log, heads FROM moment_starts WHERE account = ?", account);
}

export function readMomentOwnLogs(db: Database): readonly MomentOwnLogRow[] {
  return db.all("SELECT * FROM moment_own_logs ORDER BY generation DESC, since_ms DESC, key");
}

export function readMomentOwnLog(db: Database, key: Bytes): MomentOwnLogRow | undefined {
  return db.get("SELECT * FROM moment_own_logs WHERE key = ?", key);
}

/**
 * Where as many own logs are kept, that of another M goes which began first, and is followed no more. Returns whether
 * there is room.
 */
export function makeRoomForOwnLog(db: Database, own: AccountId, root: Bytes, most: number): boolean {
  if (db.get("SELECT 1 FROM moment_own_logs LIMIT 1 OFFSET ?", most - 1) === undefined) return true;
  const sql = "SELECT key FROM moment_own_logs WHERE root <> ? ORDER BY since_ms, key LIMIT 1";
  const first = db.get<{ key: Bytes }>(sql, root);
  if (first === undefined) return false;
  db.run("DELETE FROM moment_own_logs WHERE key = ?", first.key);
  db.run("DELETE FROM moment_logs WHERE account = ? AND key = ?", own, first.key);
  return true;
}

/** Who was told only grows. */
export function writeMomentOwnLog(db: Database, row: Omit<MomentOwnLogRow, "place">): void {
  db.run(
    `INSERT INTO moment_own_logs (key, root, generation, since_ms, place, told) VALUES (?, ?, ?, ?, 0, ?)
     ON CONFLICT (key) DO UPDATE SET told = excluded.told`,
    row.key,
    row.root,
    row.generation,
    row.since_ms,
    row.told,
  );
}

export function setMomentPlace(db: Database, key: Bytes, place: number): void {
  db.run("UPDATE moment_own_logs SET place = max(place, ?) WHERE key = ?", place, key);
}

/** Of each account the one is last that it told last. */
export function readMomentWays(db: Database): readonly MomentWayRow[] {
  return db.all("SELECT * FROM moment_ways ORDER BY account, since_ms, generation");
}

/** Of one account. */
export function readMomentWaysOf(db: Database, account: AccountId): readonly MomentWayRow[] {
  return db.all("SELECT * FROM moment_ways WHERE account = ? ORDER BY since_ms, generation", account);
}

export function readMomentWay(db: Database, account: AccountId, way: Bytes): MomentWayRow | undefined {
  return db.get("SELECT * FROM moment_ways WHERE account = ? AND way = ?", account, way);
}

/** Returns whether it is new. */
export function addMomentWay(db: Database, { way, account, generation, next, since_ms }: MomentWayRow): boolean {
  return (
    db.run(
      "INSERT INTO moment_ways (way, account, generation, next, since_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      way,
      account,
      generation,
      next,
      since_ms,
    ) > 0
  );
}

/** It goes on there, and something came by it now. */
export function setMomentWayNext(db: Database, { account, way }: MomentWayRow, next: number, nowMs: number): void {
  const sql = "UPDATE moment_ways SET next = max(next, ?), came_ms = ? WHERE account = ? AND way = ?";
  db.run(sql, next, nowMs, account, way);
}

/** Its author told again what stands before that place: what does not there is no gap any more. */
export function setMomentWaySaid(db: Database, { account, way }: MomentWayRow, said: number, nowMs: number): void {
  const sql = "UPDATE moment_ways SET said = max(said, ?), came_ms = ? WHERE account = ? AND way = ?";
  db.run(sql, said, nowMs, account, way);
}

export function readMomentLogs(db: Database): readonly MomentLogRow[] {
  return db.all("SELECT * FROM moment_logs ORDER BY account, since_ms, key");
}

/** Of one account, the oldest first. */
export function readMomentLogsOf(db: Database, account: AccountId): readonly MomentLogRow[] {
  return db.all("SELECT * FROM moment_logs WHERE account = ? ORDER BY since_ms, key", account);
}

/** One that is here already goes on where it is. */
export function addMomentLog(db: Database, { key, account, heads, since_ms }: MomentLogRow): boolean {
  return (
    db.run(
      "INSERT INTO moment_logs (key, account, heads, since_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      key,
      account,
      heads,
      since_ms,
    ) > 0
  );
}

export function setMomentHeads(db: Database, { account, key }: MomentLogRow, heads: Bytes): void {
  db.run("UPDATE moment_logs SET heads = ? WHERE account = ? AND key = ?", heads, account, key);
}

/** A friend told them again: none that they told before is newer (MO31). */
export function raiseMomentKeys(
  db: Database,
  account: AccountId,
  { way, log }: { readonly way: Bytes; readonly log: Bytes },
  sinceMs: number,
): void {
  db.run("UPDATE moment_ways SET since_ms = max(since_ms, ?) WHERE account = ? AND way = ?", sinceMs, account, way);
  db.run("UPDATE moment_logs SET since_ms = max(since_ms, ?) WHERE account = ? AND key = ?", sinceMs, account, log);
}

/**
 * Of a friend, the ways and logs alone that were told last, whatever generation they say (MO165): what they say without
 * end takes no room.
 */
export function keepNewestMomentKeys(
  db: Database,
  account: AccountId,
  { ways, logs }: { readonly ways: number; readonly logs: number },
): void {
  db.run(
    `DELETE FROM moment_ways WHERE account = ?1 AND way NOT IN
       (SELECT way FROM moment_ways WHERE account = ?1 ORDER BY since_ms DESC, generation DESC, way LIMIT ?2)`,
    account,
    ways,
  );
  db.run(
    `DELETE FROM moment_logs WHERE account = ?1 AND key NOT IN
       (SELECT key FROM moment_logs WHERE account = ?1 ORDER BY since_ms DESC, key LIMIT ?2)`,
    account,
    logs,
  );
}

export function readMoment(db: Database, id: Bytes): MomentRow | undefined {
  return db.get<MomentRow>("SELECT * FROM moments WHERE id = ?", id);
}

/** Returns whether it is new. */
export function addMoment(db: Database, row: MomentRow): boolean {
  return (
    db.run(
      `INSERT INTO moments (id, author, secret, name, kind, at_ms, day, until_day, signed, mention, state, audience, told, got_ms, stamp_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      row.id,
      row.author,
      row.secret,
      row.name,
      row.kind,
      row.at_ms,
      row.day,
      row.until_day,
      row.signed,
      row.mention,
      row.state,
      row.audience,
      row.told,
      row.got_ms,
      row.stamp_ms,
    ) > 0
  );
}

export function setMoment(db: Database, id: Bytes, change: Partial<Omit<MomentRow, "id">>): void {
  for (const [column, value] of Object.entries(change))
    db.run(`UPDATE moments SET "${column}" = ? WHERE id = ?`, value as never, id);
}

export function readMomentWord(db: Database, id: Bytes): MomentWordRow | undefined {
  return db.get<MomentWordRow>("SELECT * FROM moment_words WHERE id = ?", id);
}

export function readMomentWords(db: Database, post: Bytes): readonly MomentWordRow[] {
  return db.all<MomentWordRow>("SELECT * FROM moment_words WHERE post = ? ORDER BY at_ms, id", post);
}

/** The same of many posts at once, each post's together. */
export function readMomentWordsOn(db: Database, posts: readonly Bytes[]): readonly MomentWordRow[] {
  if (posts.length === 0) return [];
  return db.all<MomentWordRow>(momentWordsOnSql, JSON.stringify(posts.map((post) => toHex(post))));
}
export const momentWordsOnSql = `SELECT * FROM moment_words
  WHERE post IN (SELECT unhex(value) FROM json_each(?)) ORDER BY post, at_ms, id`;

/** Returns whether it is new. */
export function addMomentWord(db: Database, row: MomentWordRow): boolean {
  return (
    db.run(
      `INSERT INTO moment_words (id, post, author, kind, about, reply, text, at_ms, log, header, name, state, got_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      row.id,
      row.post,
      row.author,
      row.kind,
      row.about,
      row.reply,
      row.text,
      row.at_ms,
      row.log,
      row.header,
      row.name,
      row.state,
      row.got_ms,
    ) > 0
  );
}

/** Nothing of what it said stays. */
export function eraseMomentWord(db: Database, id: Bytes): void {
  db.run("UPDATE moment_words SET state = 'gone', text = '', reply = zeroblob(0), kind = 'comment' WHERE id = ?", id);
}

export function setMomentWord(db: Database, id: Bytes, change: Partial<Omit<MomentWordRow, "id">>): void {
  for (const [column, value] of Object.entries(change))
    db.run(`UPDATE moment_words SET "${column}" = ? WHERE id = ?`, value as never, id);
}

/** A word whose header was read: it waits until it is. */
export function addMomentClosed(db: Database, row: Omit<MomentClosedRow, "secret" | "tries">): void {
  db.run(
    `INSERT INTO moment_closed (name, author, log, header, hint, day, got_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    row.name,
    row.author,
    row.log,
    row.header,
    row.hint,
    row.day,
    row.got_ms,
  );
}

/** Returns whether it is new. */
export function addMomentGap(db: Database, { account, log, place, name, since_ms }: MomentGapRow): boolean {
  return (
    db.run(
      "INSERT INTO moment_gaps (account, log, place, name, since_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      account,
      log,
      place,
      name,
      since_ms,
    ) > 0
  );
}

/** Who said that a word on this post is taken back, before it came. */
export function addMomentTakenBack(db: Database, post: Bytes, about: Bytes, author: AccountId, gotMs: number): void {
  db.run(
    "INSERT INTO moment_taken_back (post, about, author, got_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    post,
    about,
    author,
    gotMs,
  );
}

/** Of one author on one post. */
export function countMomentTakenBack(db: Database, post: Bytes, author: AccountId): number {
  const sql = "SELECT count(*) AS count FROM moment_taken_back WHERE post = ? AND author = ?";
  return db.get<{ count: number }>(sql, post, author)?.count ?? 0;
}

export function isMomentTakenBack(db: Database, post: Bytes, about: Bytes, author: AccountId): boolean {
  const sql = "SELECT 1 FROM moment_taken_back WHERE post = ? AND about = ? AND author = ?";
  return db.get(sql, post, about, author) !== undefined;
}

export function addMomentPut(db: Database, kind: string, args: Bytes, about: Bytes): void {
  db.run("INSERT INTO moment_puts (kind, args, about) VALUES (?, ?, ?)", kind, args, about);
}

/** In the order in which they go. */
export function readMomentPuts(db: Database): readonly MomentPutRow[] {
  return db.all<MomentPutRow>("SELECT * FROM moment_puts ORDER BY put");
}

/** As it is now: undefined once it went, or was taken back. */
export function readMomentPut(db: Database, put: number): MomentPutRow | undefined {
  return db.get<MomentPutRow>("SELECT * FROM moment_puts WHERE put = ?", put);
}

export function setMomentPut(db: Database, put: number, holes: Bytes): void {
  db.run("UPDATE moment_puts SET holes = ? WHERE put = ?", holes, put);
}

export function dropMomentPut(db: Database, put: number): void {
  db.run("DELETE FROM moment_puts WHERE put = ?", put);
}

/** @param server name of the home at which it is: a later one is where an own hole was put again. */
export function addMomentClear(db: Database, secret: Bytes, dueMs: number, server: string, isOwn = true): void {
  db.run(
    `INSERT INTO moment_clears (secret, due_ms, is_own, server) VALUES (?, ?, ?, ?)
     ON CONFLICT (secret) DO UPDATE SET
       due_ms = min(due_ms, excluded.due_ms), is_own = max(is_own, excluded.is_own), server = excluded.server`,
    secret,
    dueMs,
    isOwn ? 1 : 0,
    server,
  );
}

/** What a round tells and whom, and what was spent for it; both packed by who writes them. */
export type MomentRoundRow = { readonly round: number; readonly cells: Bytes; readonly spent: Bytes | null };
const roundSql = `SELECT r.round, r.cells, s.spent FROM moment_rounds AS r
  LEFT JOIN moment_rounds_spent AS s ON s.round = r.round`;

/** Returns its number. @param post its id, or empty. */
export function addMomentRound(db: Database, post: Bytes, cells: Bytes): number {
  db.run("INSERT INTO moment_rounds (post, cells) VALUES (?, ?)", post, cells);
  return (db.get<{ round: number }>("SELECT last_insert_rowid() AS round") as { round: number }).round;
}

export function readMomentRound(db: Database, round: number): MomentRoundRow | undefined {
  return db.get<MomentRoundRow>(`${roundSql} WHERE r.round = ?`, round);
}

export function readMomentRoundsOf(db: Database, post: Bytes): readonly MomentRoundRow[] {
  return db.all<MomentRoundRow>(`${roundSql} WHERE r.post = ? ORDER BY r.round`, post);
}

export function setMomentCells(db: Database, round: number, cells: Bytes): void {
  db.run("UPDATE moment_rounds SET cells = ? WHERE round = ?", cells, round);
}

export function setMomentSpent(db: Database, round: number, spent: Bytes): void {
  db.run("INSERT OR REPLACE INTO moment_rounds_spent (round, spent) VALUES (?, ?)", round, spent);
}

export function dropMomentRound(db: Database, round: number): void {
  db.run("DELETE FROM moment_rounds WHERE round = ?", round);
  db.run("DELETE FROM moment_rounds_spent WHERE round = ?", round);
}

export function dropMomentRoundsOf(db: Database, post: Bytes): void {
  for (const { round } of readMomentRoundsOf(db, post)) dropMomentRound(db, round);
}

type MomentPlaceRow = { readonly account: Bytes; readonly next: number };
const byAccount = (rows: readonly MomentPlaceRow[]) => new Map(rows.map(({ account, next }) => [toHex(account), next]));

/** Where the next cell to each account goes, by account in hex; to one that is not named, to place 0. */
export function readMomentPlaces(db: Database): ReadonlyMap<string, number> {
  return byAccount(db.all<MomentPlaceRow>("SELECT account, next FROM moment_places WHERE next > 0"));
}

/** The same of one. */
export function readMomentPlace(db: Database, account: Bytes): number {
  return db.get<MomentPlaceRow>("SELECT account, next FROM moment_places WHERE account = ?", account)?.next ?? 0;
}

export function writeMomentPlace(db: Database, account: Bytes, next: number): void {
  db.run("INSERT OR REPLACE INTO moment_places (account, next) VALUES (?, ?)", account, next);
}

/** Cells go from the first place on again: to all. */
export function dropMomentPlaces(db: Database): void {
  db.run("DELETE FROM moment_places");
}

/**
 * Spends the next place of each of these accounts, in their order: one that is named twice has two. Inside a
 * transaction. @param held all places, as they are now
 */
export function spendMomentPlaces(
  db: Database,
  to: readonly Bytes[],
  held?: ReadonlyMap<string, number>,
): readonly number[] {
  const ids = to.map((account) => toHex(account));
  // Most posts are for all: then each row is counted on, and none is looked for.
  if (held?.size === ids.length && new Set(ids).size === ids.length && ids.every((id) => held.has(id))) {
    db.run("UPDATE moment_places SET next = next + 1 WHERE next > 0");
    return ids.map((id) => held.get(id) as number);
  }
  const sql = `INSERT INTO moment_places (account, next)
    SELECT unhex(value), count(*) FROM json_each(?) GROUP BY value
    ON CONFLICT (account) DO UPDATE SET next = next + excluded.next RETURNING account, next`;
  const next = byAccount(db.all<MomentPlaceRow>(sql, JSON.stringify(ids)));
  for (const id of ids) next.set(id, (next.get(id) as number) - 1);
  return ids.map((id) => {
    const place = next.get(id) as number;
    next.set(id, place + 1);
    return place;
  });
}

/** A hole of a round: a cell for an account at its place; or, of no account, what fills it. */
export type MomentRoundHole = { readonly secret: Bytes; readonly account: Bytes; readonly place: number };

/** @param round absent: it is part of a body. */
export function addMomentHole(db: Database, post: Bytes, secret: Bytes, round?: Omit<MomentRoundHole, "secret">): void {
  db.run(
    "INSERT INTO moment_holes (secret, post, account, place) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    secret,
    post,
    round?.account ?? null,
    round?.place ?? null,
  );
}

/** Of rounds that this device put for a post what is noted by itself. */
export function readMomentHoles(db: Database, post: Bytes): readonly MomentRoundHole[] {
  const sql = "SELECT secret, account, place FROM moment_holes WHERE post = ? AND account IS NOT NULL";
  return db.all<MomentRoundHole>(sql, post);
}

/** All that this device put for a post is to go from home now. */
export function clearMomentHoles(db: Database, post: Bytes, server: string): void {
  for (const { secret } of db.all<{ secret: Bytes }>("SELECT secret FROM moment_holes WHERE post = ?", post))
    addMomentClear(db, secret, 0, server);
  db.run("DELETE FROM moment_holes WHERE post = ?", post);
  db.run("DELETE FROM moment_checks WHERE secret IN (SELECT secret FROM moment_clears WHERE due_ms = 0)");
}
