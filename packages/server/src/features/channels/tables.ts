/** The tables of Channels (docs/spec/channels.md): statements only, no decisions. */
import { type Bytes, concat, type Decision, type EntryCount, type EntryPlace, idBytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import { type AccountRef, LogConflictError } from "../../log/log.ts";
import { byAccount, type OwnedTable } from "../../log/sql/owned.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";
import { type MirrorTables, mirrorColumns, mirrorTables } from "./mirror-tables.ts";

export type ChannelRow = {
  readonly ref: number;
  readonly channel: Bytes;
  readonly inception: Bytes;
  /** Of its newest entry. */
  readonly seq: number;
  readonly hash: Bytes;
  readonly authors: readonly Bytes[];
  /** The day of its newest entry here, and the entries of that day. */
  readonly day: number;
  readonly dayEntries: number;
  /** The operator takes nothing more of it. */
  readonly isClosed: boolean;
};

export type EntryRow = {
  readonly ref: number;
  readonly hash: Bytes;
  readonly channel: number;
  readonly seq: number;
  readonly kind: string;
  /** 0: there; 1: withdrawn by its author; 2: removed by the operator. */
  readonly state: number;
  /** Undefined once they were deleted. */
  readonly bytes: Bytes | undefined;
  /** The pack that published it. */
  readonly pack: number | undefined;
};

export type NewEntry = {
  readonly hash: Bytes;
  readonly channel: number;
  readonly seq: number;
  readonly kind: string;
  readonly bytes: Bytes;
  readonly films: readonly Bytes[];
};

/** An entry that waits for a pack. */
export type Waiting = EntryPlace & { readonly ref: number; readonly bytes: number };
export type PlacedRow = EntryPlace & { readonly bytes: Bytes; readonly channelRef: number };
export type PackRow = { readonly n: number; readonly hash: Bytes; readonly said: Bytes; readonly signature: Bytes };
export type DecisionRow = Decision & { readonly ref: number };
export type FilmRow = {
  readonly hash: Bytes;
  readonly bytes: number;
  readonly list: Bytes;
  /** Chunks that are on the disk, from the first on; of one that is being deleted −1 minus how many there are. */
  readonly chunks: number;
};
export type OfferedRow = {
  readonly hash: Bytes;
  readonly channel: Bytes;
  readonly n: number;
  readonly hour: number;
  readonly likes: number;
  readonly views: number;
};

type Head = Pick<ChannelRow, "seq" | "hash" | "authors" | "day" | "dayEntries">;

export type ChannelTables = {
  readonly channel: (id: Bytes) => ChannelRow | undefined;
  readonly channels: () => number;
  /** @throws LogConflictError where another server was quicker. */
  readonly open: (id: Bytes, inception: Bytes, head: Head) => number;
  readonly advance: (ref: number, from: number, head: Head) => void;
  readonly setClosed: (ref: number, isClosed: boolean) => void;
  readonly entry: (hash: Bytes) => EntryRow | undefined;
  readonly entryAt: (channel: number, seq: number) => EntryRow | undefined;
  readonly addEntry: (entry: NewEntry) => void;
  /** `authors` entries of a channel before `seq`, in their order; those whose bytes are there. */
  readonly authorEntries: (channel: number, before: number) => readonly Bytes[];
  readonly inception: (channel: number) => Bytes;
  /** At most `max` entries that no pack has yet, in the order in which they came. */
  readonly waiting: (max: number) => readonly Waiting[];
  /** Whether anything waits for a pack: entries, decisions or counts; and whether it is a decision or a withdrawal. */
  readonly isDue: () => { readonly any: boolean; readonly isUrgent: boolean };
  readonly place: (ref: number, pack: number, place: number) => void;
  readonly entriesOf: (pack: number) => readonly PlacedRow[];
  readonly newest: () => PackRow | undefined;
  readonly pack: (n: number) => PackRow | undefined;
  readonly hourOf: (n: number) => number | undefined;
  /** @throws LogConflictError where another server was quicker. */
  readonly addPack: (pack: PackRow & { readonly hour: number }) => void;
  readonly decisionsWaiting: (max: number) => readonly DecisionRow[];
  readonly addDecision: (decision: Decision) => void;
  readonly setDecisionPack: (ref: number, pack: number) => void;
  readonly countsChanged: (max: number) => readonly EntryCount[];
  readonly countsTold: (entry: EntryCount) => void;
  /** The bytes of an entry go, and its films are nobody's if no other names them. */
  readonly withdraw: (hash: Bytes, today: number) => void;
  /** The entry is shown no more; its bytes go on `untilDay`. */
  readonly remove: (hash: Bytes, untilDay: number) => void;
  readonly restore: (hash: Bytes) => boolean;
  readonly removedUntil: (day: number, max: number) => readonly Bytes[];
  readonly offered: (fromHour: number, upToPack: number) => readonly OfferedRow[];
  readonly film: (hash: Bytes) => FilmRow | undefined;
  /** Whether an entry that is there names it. */
  readonly isShown: (film: Bytes) => boolean;
  readonly addFilm: (film: Omit<FilmRow, "chunks">, day: number) => void;
  /** Returns false where it does not have exactly `from` chunks. */
  readonly advanceFilm: (hash: Bytes, from: number, to: number, bytes: number) => boolean;
  /** Marks as being deleted what no entry names since before `day`, at most `max`; those and what was marked before. */
  readonly leaveFilms: (day: number, max: number) => readonly FilmRow[];
  readonly dropFilm: (film: FilmRow, writtenBytes: number) => void;
  readonly filmTotals: () => { readonly films: number; readonly bytes: number };
  /** Counts a mark once. `change`: 1 for a like or view, −1 to take a like back. */
  readonly mark: (row: Bytes, month: number, entry: Bytes, what: "like" | "view", change: 1 | -1) => void;
  readonly drawn: (account: AccountRef) => { readonly month: number; readonly asked: Bytes } | undefined;
  readonly setDrawn: (account: AccountRef, month: number, asked: Bytes) => void;
  readonly forgetMarks: (beforeMonth: number) => void;
  /** Channels that are the own ones of this home's name. */
  readonly ownChannels: () => readonly Bytes[];
  readonly setOwn: (channel: Bytes, isOwn: boolean) => void;
  readonly isListed: () => boolean;
  readonly setListed: (isListed: boolean) => void;
  readonly isAllowed: (channel: Bytes) => boolean;
  readonly setAllowed: (channel: Bytes, isAllowed: boolean) => void;
  readonly list: (max: number) => readonly (ChannelRow & { readonly entries: number })[];
  readonly entriesIn: (channel: number, max: number) => readonly EntryRow[];
  /** What is kept of other homes. */
  readonly mirror: MirrorTables;
};

type ChannelColumns = [
  ref: number,
  channel: Bytes,
  inception: Bytes,
  seq: number,
  hash: Bytes,
  authors: Bytes,
  day: number,
  dayEntries: number,
  closed: number,
];
type EntryColumns = [
  ref: number,
  hash: Bytes,
  channel: number,
  seq: number,
  kind: string,
  state: number,
  bytes: Bytes | null,
  pack: number | null,
];
type PackColumns = [n: number, hash: Bytes, said: Bytes, signature: Bytes];
type FilmColumns = [hash: Bytes, bytes: number, list: Bytes, chunks: number];

const nothing = new Uint8Array(0);

export function channelTables(prepare: Prepare): ChannelTables {
  const channelColumns =
    "SELECT c.ref, c.channel, c.inception, c.seq, c.hash, c.authors, c.day, c.day_entries, c.closed FROM channels c";
  const channel = prepare(`${channelColumns} WHERE c.channel = ? ${toChange}`);
  const channels = prepare("SELECT channels FROM channel_totals");
  const moreChannels = prepare("UPDATE channel_totals SET channels = channels + 1");
  const open = prepare(`
    INSERT INTO channels (channel, inception, seq, hash, authors, day, day_entries) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (channel) DO NOTHING RETURNING ref`);
  const advance = prepare(
    "UPDATE channels SET seq = ?, hash = ?, authors = ?, day = ?, day_entries = ? WHERE ref = ? AND seq = ?",
  );
  const close = prepare("UPDATE channels SET closed = ? WHERE ref = ?");
  const inception = prepare("SELECT inception FROM channels WHERE ref = ?");
  const entryColumns = "SELECT ref, hash, channel, seq, kind, state, bytes, pack FROM channel_entries";
  const entry = prepare(`${entryColumns} WHERE hash = ? ${toChange}`);
  const entryAt = prepare(`${entryColumns} WHERE channel = ? AND seq = ?`);
  const entriesIn = prepare(`${entryColumns} WHERE channel = ? ORDER BY seq DESC LIMIT ?`);
  const add = prepare(`
    INSERT INTO channel_entries (hash, channel, seq, kind, bytes) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING RETURNING ref`);
  const use = prepare("INSERT INTO film_uses (film, entry) VALUES (?, ?)");
  const authorEntries = prepare(`
    SELECT bytes FROM channel_entries
    WHERE channel = ? AND seq < ? AND kind = 'authors' AND bytes IS NOT NULL ORDER BY seq`);
  const waiting = prepare(`
    SELECT e.hash, c.channel, e.seq, e.ref, coalesce(length(e.bytes), 0)
    FROM channel_entries e JOIN channels c ON c.ref = e.channel WHERE e.pack IS NULL ORDER BY e.ref LIMIT ?`);
  // Asked each minute: in one statement.
  const due = prepare(`
    SELECT
      EXISTS (SELECT 1 FROM channel_decisions WHERE pack IS NULL)
        OR EXISTS (SELECT 1 FROM channel_entries WHERE pack IS NULL AND kind = 'delete'),
      EXISTS (SELECT 1 FROM channel_entries WHERE pack IS NULL)
        OR EXISTS (SELECT 1 FROM channel_entries WHERE changed = 1 AND pack IS NOT NULL)`);
  const place = prepare("UPDATE channel_entries SET pack = ?, place = ? WHERE ref = ?");
  const entriesOf = prepare(`
    SELECT e.hash, c.channel, e.seq, CASE e.state WHEN 0 THEN e.bytes END, e.channel
    FROM channel_entries e JOIN channels c ON c.ref = e.channel WHERE e.pack = ? ORDER BY e.place`);
  const packColumns = "SELECT n, hash, said, signature FROM channel_packs";
  const newest = prepare(`${packColumns} ORDER BY n DESC LIMIT 1`);
  const pack = prepare(`${packColumns} WHERE n = ?`);
  const hourOf = prepare("SELECT hour FROM channel_packs WHERE n = ?");
  const addPack = prepare(
    "INSERT INTO channel_packs (n, hash, said, signature, hour) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const decisions = prepare(
    "SELECT ref, target, action, reason, appeal FROM channel_decisions WHERE pack IS NULL ORDER BY ref LIMIT ?",
  );
  const addDecision = prepare("INSERT INTO channel_decisions (target, action, reason, appeal) VALUES (?, ?, ?, ?)");
  const setDecision = prepare("UPDATE channel_decisions SET pack = ? WHERE ref = ?");
  const changed = prepare(
    "SELECT hash, likes, views FROM channel_entries WHERE changed = 1 AND pack IS NOT NULL ORDER BY ref LIMIT ?",
  );
  const told = prepare(
    "UPDATE channel_entries SET told_likes = ?1, told_views = ?2, changed = CASE WHEN likes = ?1 AND views = ?2 THEN 0 ELSE 1 END WHERE hash = ?3",
  );
  const refOf = prepare("SELECT ref FROM channel_entries WHERE hash = ?");
  const usesOf = prepare("SELECT film FROM film_uses WHERE entry = ?");
  const unuse = prepare("DELETE FROM film_uses WHERE entry = ?");
  const touch = prepare("UPDATE channel_films SET day = ? WHERE hash = ?");
  const withdraw = prepare("UPDATE channel_entries SET state = 1, bytes = NULL, until_day = NULL WHERE ref = ?");
  const erase = prepare("UPDATE channel_entries SET bytes = NULL, until_day = NULL WHERE ref = ?");
  const remove = prepare("UPDATE channel_entries SET state = 2, until_day = ? WHERE hash = ? AND state = 0");
  const restore = prepare(
    "UPDATE channel_entries SET state = 0, until_day = NULL WHERE hash = ? AND state = 2 AND bytes IS NOT NULL",
  );
  const removedUntil = prepare("SELECT hash FROM channel_entries WHERE until_day <= ? LIMIT ?");
  const offered = prepare(`
    SELECT e.hash, c.channel, e.pack, p.hour, e.told_likes, e.told_views
    FROM channel_entries e JOIN channels c ON c.ref = e.channel JOIN channel_packs p ON p.n = e.pack
    WHERE e.state = 0 AND e.kind IN ('film', 'pictures') AND p.hour >= ? AND p.n <= ?`);
  const filmColumns = "SELECT hash, bytes, list, chunks FROM channel_films";
  const film = prepare(`${filmColumns} WHERE hash = ?`);
  const isShown = prepare(`
    SELECT 1 FROM film_uses u JOIN channel_entries e ON e.ref = u.entry WHERE u.film = ? AND e.state = 0 LIMIT 1`);
  const addFilm = prepare(
    "INSERT INTO channel_films (hash, bytes, list, chunks, day) VALUES (?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
  );
  const advanceFilm = prepare("UPDATE channel_films SET chunks = ? WHERE hash = ? AND chunks = ?");
  const moreFilms = prepare("UPDATE channel_totals SET films = films + ?, bytes = bytes + ?");
  const unused = prepare(`
    ${filmColumns} f WHERE f.day <= ? AND f.chunks >= 0
    AND NOT EXISTS (SELECT 1 FROM film_uses u WHERE u.film = f.hash) LIMIT ?`);
  const leaving = prepare(`${filmColumns} WHERE chunks < 0 LIMIT ?`);
  const leave = prepare("UPDATE channel_films SET chunks = -1 - chunks WHERE hash = ? AND chunks >= 0");
  const dropFilm = prepare("DELETE FROM channel_films WHERE hash = ? AND chunks < 0");
  const totals = prepare("SELECT films, bytes FROM channel_totals");
  const addMark = prepare("INSERT INTO channel_marks (mark, month) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const dropMark = prepare("DELETE FROM channel_marks WHERE mark = ?");
  const countLike = prepare("UPDATE channel_entries SET likes = likes + ?, changed = 1 WHERE hash = ?");
  const countView = prepare("UPDATE channel_entries SET views = views + ?, changed = 1 WHERE hash = ?");
  const drawn = prepare("SELECT month, asked FROM mark_draws WHERE account = ?");
  const setDrawn = prepare(`
    INSERT INTO mark_draws (account, month, asked) VALUES (?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET month = excluded.month, asked = excluded.asked`);
  const forgetMarks = prepare("DELETE FROM channel_marks WHERE month < ?");
  const forgetDraws = prepare("DELETE FROM mark_draws WHERE month < ?");
  const listed = prepare("SELECT listed FROM channel_totals");
  const setListed = prepare("UPDATE channel_totals SET listed = ?");
  const allowed = prepare("SELECT 1 FROM channels_allowed WHERE channel = ?");
  const own = prepare("SELECT channel FROM channels_own ORDER BY channel");
  const addOwn = prepare("INSERT INTO channels_own (channel) VALUES (?) ON CONFLICT DO NOTHING");
  const dropOwn = prepare("DELETE FROM channels_own WHERE channel = ?");
  const allow = prepare("INSERT INTO channels_allowed (channel) VALUES (?) ON CONFLICT DO NOTHING");
  const deny = prepare("DELETE FROM channels_allowed WHERE channel = ?");
  const list = prepare(`${channelColumns} ORDER BY c.ref DESC LIMIT ?`);
  const refOfEntry = (hash: Bytes) => refOf.get<[number]>(hash)?.[0];
  const freeFilms = (ref: number, today: number) => {
    for (const [used] of usesOf.all<[Bytes]>(ref)) touch.put(today, used);
    unuse.put(ref);
  };
  return {
    channel: (id) => rowOf(channel.get<ChannelColumns>(id)),
    channels: () => channels.get<[number]>()?.[0] ?? 0,
    open: (id, bytes, { seq, hash, authors, day, dayEntries }) => {
      const made = open.get<[number]>(id, bytes, seq, hash, concat(...authors), day, dayEntries);
      if (made === undefined) throw new LogConflictError("another server opened it");
      moreChannels.put();
      return made[0];
    },
    advance: (ref, from, { seq, hash, authors, day, dayEntries }) => {
      if (advance.run(seq, hash, concat(...authors), day, dayEntries, ref, from) === 0)
        throw new LogConflictError("another server appended");
    },
    setClosed: (ref, isClosed) => close.put(isClosed ? 1 : 0, ref),
    entry: (hash) => entryOf(entry.get<EntryColumns>(hash)),
    entryAt: (of, seq) => entryOf(entryAt.get<EntryColumns>(of, seq)),
    entriesIn: (of, max) => entriesIn.all<EntryColumns>(of, max).flatMap((row) => entryOf(row) ?? []),
    addEntry: ({ hash, channel: of, seq, kind, bytes, films }) => {
      const made = add.get<[number]>(hash, of, seq, kind, bytes);
      if (made === undefined) throw new LogConflictError("another server has it");
      for (const one of films) use.put(one, made[0]);
    },
    authorEntries: (of, before) => authorEntries.all<[Bytes]>(of, before).map(([bytes]) => bytes),
    inception: (of) => inception.get<[Bytes]>(of)?.[0] ?? nothing,
    waiting: (max) =>
      waiting
        .all<[Bytes, Bytes, number, number, number]>(max)
        .map(([hash, of, seq, ref, bytes]) => ({ hash, channel: of, seq, ref, bytes })),
    isDue: () => {
      // One database tells of truth as a number.
      const [isUrgent, isOther] = (due.get<[number | boolean, number | boolean]>() ?? []).map(Boolean);
      return { any: isUrgent === true || isOther === true, isUrgent: isUrgent === true };
    },
    place: (ref, n, at) => place.put(n, at, ref),
    entriesOf: (n) =>
      entriesOf
        .all<[Bytes, Bytes, number, Bytes | null, number]>(n)
        .map(([hash, of, seq, bytes, channelRef]) => ({ hash, channel: of, seq, bytes: bytes ?? nothing, channelRef })),
    newest: () => packRow(newest.get<PackColumns>()),
    pack: (n) => packRow(pack.get<PackColumns>(n)),
    hourOf: (n) => hourOf.get<[number]>(n)?.[0],
    addPack: ({ n, hash, said, signature, hour }) => {
      if (addPack.run(n, hash, said, signature, hour) === 0) throw new LogConflictError("another server published");
    },
    decisionsWaiting: (max) =>
      decisions
        .all<[number, Bytes, Decision["action"], string, string]>(max)
        .map(([ref, target, action, reason, appeal]) => ({ ref, target, action, reason, appeal })),
    addDecision: ({ target, action, reason, appeal }) => addDecision.put(target, action, reason, appeal),
    setDecisionPack: (ref, n) => setDecision.put(n, ref),
    countsChanged: (max) =>
      changed.all<[Bytes, number, number]>(max).map(([of, likes, views]) => ({ entry: of, likes, views })),
    countsTold: ({ entry: of, likes, views }) => told.put(likes, views, of),
    withdraw: (hash, today) => {
      const ref = refOfEntry(hash);
      if (ref === undefined) return;
      withdraw.put(ref);
      freeFilms(ref, today);
    },
    remove: (hash, untilDay) => remove.put(untilDay, hash),
    restore: (hash) => restore.run(hash) > 0,
    removedUntil: (day, max) =>
      removedUntil.all<[Bytes]>(day, max).map(([hash]) => {
        const ref = refOfEntry(hash) as number;
        erase.put(ref);
        freeFilms(ref, day);
        return hash;
      }),
    offered: (fromHour, upToPack) =>
      offered
        .all<[Bytes, Bytes, number, number, number, number]>(fromHour, upToPack)
        .map(([hash, of, n, hour, likes, views]) => ({ hash, channel: of, n, hour, likes, views })),
    film: (hash) => filmRow(film.get<FilmColumns>(hash)),
    isShown: (hash) => isShown.get(hash) !== undefined,
    addFilm: ({ hash, bytes, list: chunks }, day) => {
      if (addFilm.run(hash, bytes, chunks, day) > 0) moreFilms.put(1, 0);
    },
    advanceFilm: (hash, from, to, bytes) => {
      if (advanceFilm.run(to, hash, from) === 0) return false;
      moreFilms.put(0, bytes);
      return true;
    },
    leaveFilms: (day, max) => {
      for (const [hash] of unused.all<FilmColumns>(day, max)) leave.put(hash);
      return leaving.all<FilmColumns>(max).flatMap((row) => filmRow(row) ?? []);
    },
    dropFilm: ({ hash }, writtenBytes) => {
      if (dropFilm.run(hash) > 0) moreFilms.put(-1, -writtenBytes);
    },
    filmTotals: () => {
      const [films, bytes] = totals.get<[number, number]>() ?? [0, 0];
      return { films, bytes };
    },
    mark: (row, month, of, what, change) => {
      const isNew = change === 1 ? addMark.run(row, month) > 0 : dropMark.run(row) > 0;
      if (isNew) (what === "like" ? countLike : countView).put(change, of);
    },
    drawn: (account) => {
      const row = drawn.get<[number, Bytes]>(account);
      return row && { month: row[0], asked: row[1] };
    },
    setDrawn: (account, month, asked) => setDrawn.put(account, month, asked),
    forgetMarks: (beforeMonth) => {
      forgetMarks.put(beforeMonth);
      forgetDraws.put(beforeMonth);
    },
    mirror: mirrorTables(prepare),
    ownChannels: () => own.all<[Bytes]>().map(([channel]) => channel),
    setOwn: (channel, isOwn) => (isOwn ? addOwn : dropOwn).put(channel),
    isListed: () => listed.get<[number]>()?.[0] === 1,
    setListed: (isListed) => setListed.put(isListed ? 1 : 0),
    isAllowed: (of) => allowed.get(of) !== undefined,
    setAllowed: (of, isAllowed) => (isAllowed ? allow : deny).put(of),
    list: (max) =>
      list.all<ChannelColumns>(max).flatMap((row) => ({ ...(rowOf(row) as ChannelRow), entries: row[3] + 1 })),
  };
}

function rowOf(row: ChannelColumns | undefined): ChannelRow | undefined {
  if (row === undefined) return undefined;
  const [ref, channel, inception, seq, hash, authors, day, dayEntries, closed] = row;
  const keys = Array.from({ length: authors.length / idBytes.publicKey }, (_, i) =>
    authors.subarray(i * idBytes.publicKey, (i + 1) * idBytes.publicKey),
  );
  return { ref, channel, inception, seq, hash, authors: keys, day, dayEntries, isClosed: closed === 1 };
}

function entryOf(row: EntryColumns | undefined): EntryRow | undefined {
  if (row === undefined) return undefined;
  const [ref, hash, channel, seq, kind, state, bytes, pack] = row;
  return { ref, hash, channel, seq, kind, state, bytes: bytes ?? undefined, pack: pack ?? undefined };
}

function packRow(row: PackColumns | undefined): PackRow | undefined {
  return row && { n: row[0], hash: row[1], said: row[2], signature: row[3] };
}

function filmRow(row: FilmColumns | undefined): FilmRow | undefined {
  return row && { hash: row[0], bytes: row[1], list: row[2], chunks: row[3] };
}

/** What is public names no account. `mark_draws` alone is an account's. */
export const ofNobody = [
  "mirrored_homes",
  "mirrored_packs",
  "mirrored_entries",
  "mirrored_films",
  "mirrored_uses",
  "channels",
  "channel_entries",
  "channel_packs",
  "channel_decisions",
  "channel_films",
  "film_uses",
  "channel_marks",
  "channels_allowed",
  "channels_own",
  "channel_totals",
];
export const owned: readonly OwnedTable[] = [
  byAccount("mark_draws", "account", ["month", "number"], "account", "month", "asked"),
];

const columns = (of: { blob: string; int: string; text: string; ref: string; end: string }) => `
  CREATE TABLE channels (
    ref         ${of.ref},
    channel     ${of.blob} NOT NULL UNIQUE, -- its id
    inception   ${of.blob} NOT NULL,
    seq         ${of.int} NOT NULL,         -- of its newest entry
    hash        ${of.blob} NOT NULL,        -- of its newest entry
    authors     ${of.blob} NOT NULL,        -- their keys, one after the other
    day         ${of.int} NOT NULL,         -- on which its newest entry came
    day_entries ${of.int} NOT NULL,         -- that came on that day
    closed      ${of.int} NOT NULL DEFAULT 0 -- 1: the operator takes nothing more of it
  )${of.end};
  CREATE TABLE channel_entries (
    ref        ${of.ref},
    hash       ${of.blob} NOT NULL UNIQUE,
    channel    ${of.int} NOT NULL,          -- its ref
    seq        ${of.int} NOT NULL,
    kind       ${of.text} NOT NULL,
    bytes      ${of.blob},                  -- as its author signed it; none: withdrawn, or removed for long
    state      ${of.int} NOT NULL DEFAULT 0, -- 0 there, 1 withdrawn by its author, 2 removed by the operator
    until_day  ${of.int},                   -- on which the bytes of a removed one go
    pack       ${of.int},                   -- that published it; none: it waits
    place      ${of.int},                   -- within the pack
    likes      ${of.int} NOT NULL DEFAULT 0,
    views      ${of.int} NOT NULL DEFAULT 0,
    told_likes ${of.int} NOT NULL DEFAULT 0, -- as packs have told them
    told_views ${of.int} NOT NULL DEFAULT 0,
    changed    ${of.int} NOT NULL DEFAULT 0, -- 1: packs have told other counts
    UNIQUE (channel, seq)
  )${of.end};
  CREATE INDEX channel_entries_by_pack ON channel_entries (pack, place);
  CREATE INDEX channel_entries_changed ON channel_entries (ref) WHERE changed = 1;
  CREATE INDEX channel_entries_removed ON channel_entries (until_day) WHERE until_day IS NOT NULL;
  CREATE TABLE channel_packs (
    n         ${of.int} PRIMARY KEY,
    hash      ${of.blob} NOT NULL UNIQUE,
    said      ${of.blob} NOT NULL,          -- its head
    signature ${of.blob} NOT NULL,          -- by the home's key
    hour      ${of.int} NOT NULL
  )${of.end};
  CREATE TABLE channel_decisions (
    ref    ${of.ref},
    target ${of.blob} NOT NULL,             -- the hash of an entry
    action ${of.text} NOT NULL,
    reason ${of.text} NOT NULL,
    appeal ${of.text} NOT NULL,
    pack   ${of.int}                        -- that told it; none: it waits
  )${of.end};
  CREATE TABLE channel_films (
    hash   ${of.blob} PRIMARY KEY,
    bytes  ${of.int} NOT NULL,
    list   ${of.blob} NOT NULL,             -- SHA-256 of each chunk
    chunks ${of.int} NOT NULL,              -- on the disk; below zero: it is being deleted
    day    ${of.int} NOT NULL               -- on which it was begun, or an entry last let go of it
  )${of.end};
  CREATE TABLE film_uses (
    film  ${of.blob} NOT NULL,
    entry ${of.int} NOT NULL,               -- its ref
    PRIMARY KEY (film, entry)
  )${of.end};
  CREATE INDEX film_uses_by_entry ON film_uses (entry);
  CREATE TABLE channel_marks (
    mark  ${of.blob} PRIMARY KEY,           -- a hash of a mark and what it likes or saw
    month ${of.int} NOT NULL
  )${of.end};
  CREATE TABLE mark_draws (
    account ${of.int} PRIMARY KEY,
    month   ${of.int} NOT NULL,             -- whose marks it drew
    asked   ${of.blob} NOT NULL             -- a hash of what it asked, to say it again
  )${of.end};
  CREATE TABLE channels_allowed (channel ${of.blob} PRIMARY KEY)${of.end};
  CREATE TABLE channel_totals (
    id       ${of.int} PRIMARY KEY CHECK (id = 1),
    channels ${of.int} NOT NULL,
    films    ${of.int} NOT NULL,
    bytes    ${of.int} NOT NULL,            -- of films, on the disk
    listed   ${of.int} NOT NULL             -- 1: only channels that the operator allows are opened
  )${of.end};
  INSERT INTO channel_totals (id, channels, films, bytes, listed) VALUES (1, 0, 0, 0, 0);
`;

/**
 * Channels (docs/spec/channels.md). Size: some 400 bytes an entry beside its own, 1 KB a film and its list of 32 bytes
 * for each 32 KiB; 40 bytes a like or view of two months.
 */
const sqlite: Migration = {
  number: 14,
  up: columns({
    blob: "BLOB",
    int: "INTEGER",
    text: "TEXT",
    ref: "INTEGER PRIMARY KEY AUTOINCREMENT",
    end: " STRICT",
  }),
};
const postgres: Migration = {
  number: 14,
  up: columns({
    blob: "bytea",
    int: "bigint",
    text: "text",
    ref: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    end: "",
  }),
};
/** What is kept of other homes: packs as they are, and 100 bytes an entry and a film beside them. */
const mirrors = {
  sqlite: {
    number: 15,
    up: mirrorColumns({ blob: "BLOB", int: "INTEGER", text: "TEXT", end: " STRICT" }),
  },
  postgres: { number: 15, up: mirrorColumns({ blob: "bytea", int: "bigint", text: "text", end: "" }) },
} satisfies Record<string, Migration>;
/** Channels of the organisation whose domain is this home's: a line each. */
const ownColumns = (blob: string, end: string) => `
  CREATE TABLE channels_own (channel ${blob} PRIMARY KEY)${end};         -- id
`;
const owns = {
  sqlite: { number: 17, up: ownColumns("BLOB", " STRICT") },
  postgres: { number: 17, up: ownColumns("bytea", "") },
} satisfies Record<string, Migration>;
export const migrations = {
  sqlite: [sqlite, mirrors.sqlite, owns.sqlite],
  postgres: [postgres, mirrors.postgres, owns.postgres],
};
