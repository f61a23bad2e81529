/** Tables of what this home keeps of others' channels (docs/spec/channels.md CH6, CH70–CH73): statements only. */
import { type Bytes, concat, idBytes, publicLimits } from "@yanshu/wire";
import type { Prepare } from "../../log/sql/prepared.ts";

export type MirroredHome = {
  readonly home: string;
  /** Empty until that home said it. */
  readonly key: Bytes;
  /** The pack that is next. */
  readonly next: number;
  /** Of the pack before it; empty: none. */
  readonly hash: Bytes;
  readonly hour: number;
  /** Whose films are kept; none: all. */
  readonly channels: readonly Bytes[];
  /** Why no more is taken; empty: nothing is wrong. */
  readonly fault: string;
  /** When it last said something, in Unix milliseconds; 0: never. */
  readonly heardMs: number;
};
export type MirroredPack = {
  readonly hash: Bytes;
  readonly said: Bytes;
  readonly signature: Bytes;
  readonly roots: Bytes;
};
export type MirroredEntry = {
  readonly n: number;
  readonly channel: Bytes;
  /** Undefined: it went. */
  readonly bytes: Bytes | undefined;
  /** By its author, for good. */
  readonly isWithdrawn: boolean;
};
export type MirroredFilm = {
  readonly home: string;
  readonly film: Bytes;
  readonly bytes: number;
  /** Empty until it came. */
  readonly list: Bytes;
  readonly chunks: number;
};

export type MirrorTables = {
  readonly homes: () => readonly MirroredHome[];
  readonly home: (home: string) => MirroredHome | undefined;
  readonly addHome: (home: string, key: Bytes) => void;
  readonly setChannels: (home: string, channels: readonly Bytes[]) => void;
  readonly setKey: (home: string, key: Bytes) => void;
  readonly setFault: (home: string, fault: string) => void;
  readonly heard: (home: string, atMs: number) => void;
  /** All of it but its films. */
  readonly dropHome: (home: string) => void;
  readonly addPack: (home: string, n: number, hour: number, pack: MirroredPack) => void;
  readonly pack: (home: string, n: number) => MirroredPack | undefined;
  /** The pack with the lowest number that is kept. */
  readonly oldestPack: (home: string) => { readonly n: number; readonly said: Bytes } | undefined;
  /** A pack with its entries; films that these alone named are unused from then on. */
  readonly dropPack: (home: string, n: number) => void;
  /** Bytes of a home's packs with their entries. All of them are looked at: not for each pack. */
  readonly packsBytes: (home: string) => number;
  readonly addEntry: (
    home: string,
    at: { readonly n: number; readonly place: number },
    entry: { readonly hash: Bytes; readonly channel: Bytes; readonly bytes: Bytes | undefined },
  ) => void;
  readonly entry: (home: string, hash: Bytes) => MirroredEntry | undefined;
  /** Bytes that came back, or undefined: they go. Nothing changes in an entry that its author withdrew. */
  readonly setEntry: (home: string, hash: Bytes, bytes: Bytes | undefined) => void;
  /** In all of its places. */
  readonly withdraw: (home: string, hash: Bytes) => void;
  /** Of a pack, in its order; empty where an entry went. */
  readonly entries: (home: string, n: number) => readonly Bytes[];
  readonly use: (home: string, film: Bytes, bytes: number, entry: Bytes) => void;
  readonly unuse: (home: string, entry: Bytes) => void;
  /** Films of that home of which not all is here, the fewest tries first. */
  readonly wanted: (home: string, max: number) => readonly MirroredFilm[];
  readonly film: (home: string, film: Bytes) => MirroredFilm | undefined;
  readonly setList: (home: string, film: Bytes, list: Bytes) => void;
  readonly advance: (home: string, film: Bytes, chunks: number) => void;
  readonly tried: (home: string, film: Bytes) => void;
  /** Films that no entry names any more, or of a home that is not mirrored. */
  readonly unused: (max: number) => readonly MirroredFilm[];
  readonly dropFilm: (home: string, film: Bytes) => void;
  /** Films, and their bytes by their length. */
  readonly totals: () => { readonly films: number; readonly bytes: number };
};

type HomeColumns = [
  home: string,
  key: Bytes,
  next: number,
  hash: Bytes,
  hour: number,
  channels: Bytes,
  fault: string,
  heard: number,
];
type FilmColumns = [home: string, film: Bytes, bytes: number, list: Bytes, chunks: number];

export function mirrorTables(prepare: Prepare): MirrorTables {
  const homeColumns = "SELECT home, home_key, next, hash, hour, channels, fault, heard_ms FROM mirrored_homes";
  const homes = prepare(`${homeColumns} ORDER BY home`);
  const home = prepare(`${homeColumns} WHERE home = ?`);
  const addHome = prepare(`
    INSERT INTO mirrored_homes (home, home_key, next, hash, hour, channels, fault, heard_ms)
    VALUES (?, ?, 0, ?, 0, ?, '', 0) ON CONFLICT (home) DO NOTHING`);
  const setChannels = prepare("UPDATE mirrored_homes SET channels = ? WHERE home = ?");
  const setKey = prepare("UPDATE mirrored_homes SET home_key = ? WHERE home = ?");
  const setFault = prepare("UPDATE mirrored_homes SET fault = ? WHERE home = ?");
  const heard = prepare("UPDATE mirrored_homes SET heard_ms = ? WHERE home = ?");
  const dropHome = prepare("DELETE FROM mirrored_homes WHERE home = ?");
  const dropPacks = prepare("DELETE FROM mirrored_packs WHERE home = ?");
  const dropEntries = prepare("DELETE FROM mirrored_entries WHERE home = ?");
  const dropUses = prepare("DELETE FROM mirrored_uses WHERE home = ?");
  const addPack = prepare(
    "INSERT INTO mirrored_packs (home, n, hash, said, signature, roots) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const advanceHome = prepare("UPDATE mirrored_homes SET next = ?, hash = ?, hour = ? WHERE home = ?");
  const pack = prepare("SELECT hash, said, signature, roots FROM mirrored_packs WHERE home = ? AND n = ?");
  const oldestPack = prepare("SELECT n, said FROM mirrored_packs WHERE home = ? ORDER BY n LIMIT 1");
  const dropUsesOf = prepare(`
    DELETE FROM mirrored_uses WHERE home = ? AND entry IN (
      SELECT e.hash FROM mirrored_entries e WHERE e.home = ? AND e.n = ? AND NOT EXISTS (
        SELECT 1 FROM mirrored_entries o WHERE o.home = e.home AND o.hash = e.hash AND o.n > e.n))`);
  const dropEntriesOf = prepare("DELETE FROM mirrored_entries WHERE home = ? AND n = ?");
  const dropPack = prepare("DELETE FROM mirrored_packs WHERE home = ? AND n = ?");
  const headsBytes = prepare(`
    SELECT CAST(coalesce(sum(length(said) + length(signature) + length(roots)), 0) AS bigint)
    FROM mirrored_packs WHERE home = ?`);
  const entriesBytes = prepare(
    "SELECT CAST(coalesce(sum(length(bytes)), 0) AS bigint) FROM mirrored_entries WHERE home = ?",
  );
  const addEntry = prepare(
    "INSERT INTO mirrored_entries (home, n, place, hash, channel, bytes) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const entry = prepare(
    "SELECT n, channel, bytes FROM mirrored_entries WHERE home = ? AND hash = ? ORDER BY n LIMIT 1",
  );
  const setEntry = prepare(
    "UPDATE mirrored_entries SET bytes = ? WHERE home = ? AND hash = ? AND (bytes IS NULL OR length(bytes) > 0)",
  );
  const withdraw = prepare("UPDATE mirrored_entries SET bytes = ? WHERE home = ? AND hash = ?");
  const entries = prepare("SELECT bytes FROM mirrored_entries WHERE home = ? AND n = ? ORDER BY place");
  const addFilm = prepare(`
    INSERT INTO mirrored_films (home, film, bytes, list, chunks, tries) VALUES (?, ?, ?, ?, 0, 0)
    ON CONFLICT (home, film) DO NOTHING`);
  const use = prepare("INSERT INTO mirrored_uses (home, film, entry) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const unuse = prepare("DELETE FROM mirrored_uses WHERE home = ? AND entry = ?");
  const filmColumns = "SELECT f.home, f.film, f.bytes, f.list, f.chunks FROM mirrored_films f";
  const isUsed = "EXISTS (SELECT 1 FROM mirrored_uses u WHERE u.home = f.home AND u.film = f.film)";
  const wanted = prepare(`
    ${filmColumns} WHERE f.home = ? AND f.chunks * ${publicLimits.chunkBytes} < f.bytes AND ${isUsed}
    ORDER BY f.tries, f.film LIMIT ?`);
  const film = prepare(`${filmColumns} WHERE f.home = ? AND f.film = ? AND ${isUsed}`);
  const setList = prepare("UPDATE mirrored_films SET list = ? WHERE home = ? AND film = ?");
  const advance = prepare("UPDATE mirrored_films SET chunks = ? WHERE home = ? AND film = ?");
  const tried = prepare("UPDATE mirrored_films SET tries = tries + 1 WHERE home = ? AND film = ?");
  const unused = prepare(`${filmColumns} WHERE NOT ${isUsed} LIMIT ?`);
  const dropFilm = prepare("DELETE FROM mirrored_films WHERE home = ? AND film = ?");
  const totals = prepare("SELECT count(*), CAST(coalesce(sum(bytes), 0) AS bigint) FROM mirrored_films");
  const none = new Uint8Array(0);
  return {
    homes: () => homes.all<HomeColumns>().map(homeOf),
    home: (name) => {
      const row = home.get<HomeColumns>(name);
      return row && homeOf(row);
    },
    addHome: (name, key) => addHome.put(name, key, none, none),
    setChannels: (name, of) => setChannels.put(concat(...of), name),
    setKey: (name, key) => setKey.put(key, name),
    setFault: (name, fault) => setFault.put(fault, name),
    heard: (name, atMs) => heard.put(atMs, name),
    dropHome: (name) => {
      for (const one of [dropUses, dropEntries, dropPacks, dropHome]) one.put(name);
    },
    addPack: (name, n, hour, { hash, said, signature, roots }) => {
      addPack.put(name, n, hash, said, signature, roots);
      advanceHome.put(n + 1, hash, hour, name);
    },
    pack: (name, n) => {
      const row = pack.get<[Bytes, Bytes, Bytes, Bytes]>(name, n);
      return row && { hash: row[0], said: row[1], signature: row[2], roots: row[3] };
    },
    oldestPack: (name) => {
      const row = oldestPack.get<[number, Bytes]>(name);
      return row && { n: row[0], said: row[1] };
    },
    dropPack: (name, n) => {
      dropUsesOf.put(name, name, n);
      dropEntriesOf.put(name, n);
      dropPack.put(name, n);
    },
    packsBytes: (name) => [headsBytes, entriesBytes].reduce((all, one) => all + (one.get<[number]>(name)?.[0] ?? 0), 0),
    addEntry: (name, { n, place }, { hash, channel, bytes }) =>
      addEntry.put(name, n, place, hash, channel, bytes ?? null),
    entry: (name, hash) => {
      const row = entry.get<[number, Bytes, Bytes | null]>(name, hash);
      if (row === undefined) return undefined;
      const [n, channel, bytes] = row;
      const isWithdrawn = bytes?.length === 0;
      return { n, channel, bytes: isWithdrawn ? undefined : (bytes ?? undefined), isWithdrawn };
    },
    setEntry: (name, hash, bytes) => setEntry.put(bytes ?? null, name, hash),
    withdraw: (name, hash) => withdraw.put(none, name, hash),
    entries: (name, n) => entries.all<[Bytes | null]>(name, n).map(([bytes]) => bytes ?? none),
    use: (name, of, bytes, by) => {
      addFilm.put(name, of, bytes, none);
      use.put(name, of, by);
    },
    unuse: (name, by) => unuse.put(name, by),
    wanted: (name, max) => wanted.all<FilmColumns>(name, max).map(filmOf),
    film: (name, of) => {
      const row = film.get<FilmColumns>(name, of);
      return row && filmOf(row);
    },
    setList: (name, of, list) => setList.put(list, name, of),
    advance: (name, of, chunks) => advance.put(chunks, name, of),
    tried: (name, of) => tried.put(name, of),
    unused: (max) => unused.all<FilmColumns>(max).map(filmOf),
    dropFilm: (name, of) => dropFilm.put(name, of),
    totals: () => {
      const [films, bytes] = totals.get<[number, number]>() ?? [0, 0];
      return { films, bytes };
    },
  };
}

function homeOf([home, key, next, hash, hour, channels, fault, heardMs]: HomeColumns): MirroredHome {
  const ids = Array.from({ length: channels.length / idBytes.hash }, (_, i) =>
    channels.subarray(i * idBytes.hash, (i + 1) * idBytes.hash),
  );
  return { home, key, next, hash, hour, channels: ids, fault, heardMs };
}

function filmOf([home, film, bytes, list, chunks]: FilmColumns): MirroredFilm {
  return { home, film, bytes, list, chunks };
}

export const mirrorColumns = (of: { blob: string; int: string; text: string; end: string }) => `
  CREATE TABLE mirrored_homes (
    home     ${of.text} PRIMARY KEY,       -- another home's name
    home_key ${of.blob} NOT NULL,          -- that signs its packs; empty until it said it
    next     ${of.int} NOT NULL,           -- the pack that is read next
    hash     ${of.blob} NOT NULL,          -- of the pack before
    hour     ${of.int} NOT NULL,           -- of the pack before
    channels ${of.blob} NOT NULL,          -- ids of those whose films are kept; empty: all
    fault    ${of.text} NOT NULL,          -- why no more is taken
    heard_ms ${of.int} NOT NULL            -- when it last said something
  )${of.end};
  CREATE TABLE mirrored_packs (
    home      ${of.text} NOT NULL,
    n         ${of.int} NOT NULL,
    hash      ${of.blob} NOT NULL,
    said      ${of.blob} NOT NULL,         -- its head, as that home signed it
    signature ${of.blob} NOT NULL,
    roots     ${of.blob} NOT NULL,         -- who may sign in its channels
    PRIMARY KEY (home, n)
  )${of.end};
  CREATE TABLE mirrored_entries (
    home    ${of.text} NOT NULL,
    n       ${of.int} NOT NULL,            -- its pack
    place   ${of.int} NOT NULL,            -- within the pack
    hash    ${of.blob} NOT NULL,
    channel ${of.blob} NOT NULL,           -- id
    bytes   ${of.blob},                    -- as its author signed it; none: it went; empty: its author withdrew it
    PRIMARY KEY (home, n, place)
  )${of.end};
  CREATE INDEX mirrored_entries_by_hash ON mirrored_entries (home, hash);
  CREATE TABLE mirrored_films (
    home   ${of.text} NOT NULL,
    film   ${of.blob} NOT NULL,            -- its hash
    bytes  ${of.int} NOT NULL,
    list   ${of.blob} NOT NULL,            -- SHA-256 of each chunk; empty until it came
    chunks ${of.int} NOT NULL,             -- on the disk
    tries  ${of.int} NOT NULL,
    PRIMARY KEY (home, film)
  )${of.end};
  CREATE TABLE mirrored_uses (
    home  ${of.text} NOT NULL,
    film  ${of.blob} NOT NULL,
    entry ${of.blob} NOT NULL,             -- hash of one that names it
    PRIMARY KEY (home, film, entry)
  )${of.end};
  CREATE INDEX mirrored_uses_by_entry ON mirrored_uses (home, entry);
`;
