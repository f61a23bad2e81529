/** The tables of what goes to other servers, and of what came from them: statements only, no decisions. */
import { type Bytes, encodeStreamRow, type RowMode } from "@yanshu/wire";
import type { FarPart, FarRow, Migration } from "../../feature.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";

/** How far both directions are, with one server. */
export type StreamState = {
  /** Under which its rows go out; none: a new one is to begin. */
  readonly outStream: Bytes | undefined;
  /** The number that was given last, the one up to which rows are done with, and the chain there. */
  readonly outN: number;
  readonly outDone: number;
  readonly outChain: Bytes | undefined;
  readonly waitingRows: number;
  readonly waitingBytes: number;
  readonly inStream: Bytes | undefined;
  readonly inN: number;
  readonly inChain: Bytes | undefined;
};

export type LineRow = {
  readonly peer: number;
  /** Undefined: it has no row of its own. */
  readonly name: string | undefined;
  readonly gateway: number | undefined;
  /** The number that was given last, and whether any row waits. */
  readonly outN: number;
  readonly isWaiting: boolean;
};

/** A row that waits. `bytes`: as it goes out. */
export type WaitingRow = { readonly n: number; readonly list: Bytes; readonly bytes: Bytes };

/** Within a transaction where they write. A server is meant by its number. */
export type StreamTables = {
  readonly state: (peer: number) => StreamState;
  /** Which process has its line, of those that share the database (PE61). */
  readonly holder: (peer: number) => number | undefined;
  readonly hold: (peer: number, gateway: number) => void;
  /** If that process has it. */
  readonly letGo: (peer: number, gateway: number) => void;
  /** Of each server for which rows wait, or whose line a process has. */
  readonly lines: () => readonly LineRow[];
  /** Numbers of servers for which rows wait. */
  readonly waiting: () => readonly number[];
  /** Numbers of servers from which something came, those first of which most came. */
  readonly heard: () => readonly number[];
  /** Keeps an envelope once, for all of these. */
  readonly keepEnvelope: (envelope: Bytes) => number;
  /** Returns the number that the row got. */
  readonly put: (peer: number, part: FarPart, row: FarRow, envelope: number, day: number) => number;
  /** It is counted, and told later; so many lists a server at most. */
  readonly drop: (peer: number, part: FarPart, count: number, day: number) => void;
  /** What was counted goes out as rows behind the others, while less than `room` bytes wait. */
  readonly tellDrops: (peer: number, day: number, room: number) => void;
  /** What waits, of all servers, in bytes. */
  readonly waitingOfAll: () => number;
  /** The first in any case, then so many rows, and so many bytes with what each takes besides. */
  readonly rows: (peer: number, after: number, limit: number, bytes: number) => readonly WaitingRow[];
  readonly addresses: (list: Bytes) => Bytes | undefined;
  /** The other side has all up to `n`. */
  readonly done: (peer: number, n: number, chain: Bytes) => void;
  /** What is not done goes out anew under another name. */
  readonly restart: (peer: number, stream: Bytes, chain: Bytes) => void;
  readonly took: (peer: number, stream: Bytes, n: number, chain: Bytes) => void;
  /** Counts what came before that day, and forgets it, and what was counted before that day. */
  readonly expire: (before: number, today: number) => void;
};

const modes: readonly RowMode[] = ["application", "commit", "create", "deposit"];
/** Lists a server of which it is counted what was given up. */
const dropsKept = 10_000;
/** What they take, in bytes. */
const dropBytesKept = 8 << 20;
/** What a row takes besides its envelope and its list's addresses, about. */
const rowBytes = 256;

/** What a row takes. The addresses count for each row that names them, although they stand once. */
export function waitingBytesOf(envelopeBytes: number, addressesBytes: number): number {
  return envelopeBytes + addressesBytes + rowBytes;
}

type State = [
  outStream: Bytes | null,
  outN: number,
  outDone: number,
  outChain: Bytes | null,
  rows: number,
  bytes: number,
  inStream: Bytes | null,
  inN: number,
  inChain: Bytes | null,
];
type Row = [
  n: number,
  list: Bytes,
  mode: number | null,
  gate: Bytes | null,
  epoch: number,
  count: number,
  envelope: Bytes | null,
];

export function streamTables(prepare: Prepare): StreamTables {
  const state = prepare(`
    SELECT out_stream, out_n, out_done, out_chain, waiting_rows, waiting_bytes, in_stream, in_n, in_chain
    FROM peer_streams WHERE peer = ? ${toChange}`);
  const holder = prepare(`SELECT gateway FROM peer_holds WHERE peer = ? ${toChange}`);
  const hold = prepare(`
    INSERT INTO peer_holds (peer, gateway) VALUES (?, ?) ON CONFLICT (peer) DO UPDATE SET gateway = excluded.gateway`);
  const letGo = prepare("DELETE FROM peer_holds WHERE peer = ? AND gateway = ?");
  const lines = prepare(`
    SELECT s.peer, p.server, h.gateway, s.out_n, s.waiting_rows FROM peer_streams s
    LEFT JOIN peer_holds h ON h.peer = s.peer LEFT JOIN peers p ON p.ref = s.peer
    WHERE s.waiting_rows > 0 OR h.gateway IS NOT NULL ORDER BY s.peer`);
  const waiting = prepare("SELECT peer FROM peer_streams WHERE waiting_rows > 0 ORDER BY peer");
  const heard = prepare("SELECT peer FROM peer_streams WHERE in_n > 0 ORDER BY in_n DESC, peer");
  const begin = prepare(`
    INSERT INTO peer_streams (peer, out_n, out_done, waiting_rows, waiting_bytes, in_n) VALUES (?, 0, 0, 0, 0, 0)
    ON CONFLICT (peer) DO NOTHING`);
  const grow = prepare(`
    UPDATE peer_streams SET out_n = out_n + 1, waiting_rows = waiting_rows + 1, waiting_bytes = waiting_bytes + ?
    WHERE peer = ? RETURNING out_n`);
  const shrink = prepare(`
    UPDATE peer_streams SET out_stream = ?, out_done = ?, out_chain = ?, waiting_rows = waiting_rows - ?,
      waiting_bytes = waiting_bytes - ? WHERE peer = ?`);
  const restart = prepare("UPDATE peer_streams SET out_stream = ?, out_chain = ? WHERE peer = ?");
  const took = prepare("UPDATE peer_streams SET in_stream = ?, in_n = ?, in_chain = ? WHERE peer = ?");
  const keep = prepare("INSERT INTO peer_envelopes (body, uses) VALUES (?, 0) RETURNING id");
  const use = prepare("UPDATE peer_envelopes SET uses = uses + 1 WHERE id = ?");
  const insert = prepare(`
    INSERT INTO peer_rows (peer, n, list, mode, gate, epoch, count, envelope, bytes, day)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const useList = prepare(`
    INSERT INTO peer_lists (list, addresses, uses) VALUES (?, ?, 1)
    ON CONFLICT (list) DO UPDATE SET uses = peer_lists.uses + 1`);
  const addresses = prepare("SELECT addresses FROM peer_lists WHERE list = ?");
  const rows = prepare(`
    SELECT r.n, r.list, r.mode, r.gate, r.epoch, r.count, e.body FROM peer_rows r
    LEFT JOIN peer_envelopes e ON e.id = r.envelope WHERE r.peer = ? AND r.n > ? ORDER BY r.n LIMIT ?`);
  const sizes = prepare("SELECT bytes FROM peer_rows WHERE peer = ? AND n > ? ORDER BY n LIMIT ?");
  const sum = prepare("SELECT count(*), coalesce(sum(bytes), 0) FROM peer_rows WHERE peer = ? AND n <= ?");
  const perList = prepare("SELECT list, count(*) FROM peer_rows WHERE peer = ? AND n <= ? GROUP BY list");
  const posts = prepare(`
    SELECT list, sum(count) FROM peer_rows WHERE peer = ? AND n <= ? AND mode IS NOT NULL GROUP BY list`);
  const unuse = prepare(`
    UPDATE peer_envelopes SET uses = uses - 1
    WHERE id IN (SELECT envelope FROM peer_rows WHERE peer = ? AND n <= ?)`);
  const gone = prepare(`
    DELETE FROM peer_envelopes
    WHERE uses <= 0 AND id IN (SELECT envelope FROM peer_rows WHERE peer = ? AND n <= ?)`);
  const unlist = prepare("UPDATE peer_lists SET uses = uses - ? WHERE list = ?");
  const goneList = prepare("DELETE FROM peer_lists WHERE list = ? AND uses <= 0");
  const remove = prepare("DELETE FROM peer_rows WHERE peer = ? AND n <= ?");
  const old = prepare("SELECT peer, max(n) FROM peer_rows WHERE day < ? GROUP BY peer");
  const dropMore = prepare("UPDATE peer_drops SET count = count + ?, day = ? WHERE peer = ? AND list = ?");
  const dropFirst = prepare("INSERT INTO peer_drops (peer, list, count, bytes, day) VALUES (?, ?, ?, ?, ?)");
  const dropCount = prepare("SELECT count(*), coalesce(sum(bytes), 0) FROM peer_drops WHERE peer = ?");
  const drops = prepare("SELECT list, count, bytes FROM peer_drops WHERE peer = ? ORDER BY list");
  const dropTold = prepare("DELETE FROM peer_drops WHERE peer = ? AND list = ?");
  const ofAll = prepare("SELECT coalesce(sum(waiting_bytes), 0) FROM peer_streams");
  const dropsOld = prepare("SELECT list, count(*) FROM peer_drops WHERE day < ? GROUP BY list");
  const dropsGone = prepare("DELETE FROM peer_drops WHERE day < ?");

  const leave = (list: Bytes, uses: number): void => {
    unlist.put(uses, list);
    goneList.put(list);
  };
  /** Rows up to `n` are gone. */
  const release = (peer: number, n: number, stream: Bytes | null, chain: Bytes | null): void => {
    const [count, bytes] = sum.get<[number, number]>(peer, n) ?? [0, 0];
    const lists = perList.all<[Bytes, number]>(peer, n);
    unuse.put(peer, n);
    gone.put(peer, n);
    remove.put(peer, n);
    for (const [list, uses] of lists) leave(list, uses);
    shrink.put(stream, n, chain, count, Number(bytes), peer);
  };
  type Part = Pick<FarPart, "list" | "addresses">;
  const drop = (peer: number, { list, addresses: of }: Part, count: number, day: number): void => {
    if (dropMore.run(count, day, peer, list) > 0) return;
    const [lists, taken] = dropCount.get<[number, number]>(peer) ?? [0, 0];
    const bytes = waitingBytesOf(0, of.length);
    if (lists >= dropsKept || Number(taken) + bytes > dropBytesKept) return;
    dropFirst.put(peer, list, count, bytes, day);
    useList.put(list, of);
  };
  const read = (peer: number): StreamState => {
    const [outStream, outN, outDone, outChain, waitingRows, waitingBytes, inStream, inN, inChain] =
      state.get<State>(peer) ?? nothingYet;
    return {
      outStream: outStream ?? undefined,
      outN,
      outDone,
      outChain: outChain ?? undefined,
      waitingRows,
      waitingBytes,
      inStream: inStream ?? undefined,
      inN,
      inChain: inChain ?? undefined,
    };
  };
  return {
    state: read,
    holder: (peer) => holder.get<[number]>(peer)?.[0],
    hold: (peer, gateway) => {
      begin.put(peer);
      hold.put(peer, gateway);
    },
    letGo: (peer, gateway) => letGo.put(peer, gateway),
    lines: () =>
      lines.all<[number, string | null, number | null, number, number]>().map(([peer, name, gateway, outN, rows]) => ({
        peer,
        name: name ?? undefined,
        gateway: gateway ?? undefined,
        outN,
        isWaiting: rows > 0,
      })),
    waiting: () => waiting.all<[number]>().map(([peer]) => peer),
    heard: () => heard.all<[number]>().map(([peer]) => peer),
    keepEnvelope: (envelope) => keep.get<[number]>(envelope)?.[0] ?? 0,
    put: (peer, part, { mode, gate, epoch, envelope: body }, envelope, day) => {
      begin.put(peer);
      const bytes = waitingBytesOf(body.length, part.addresses.length);
      const n = grow.get<[number]>(bytes, peer)?.[0] ?? 0;
      use.put(envelope);
      useList.put(part.list, part.addresses);
      insert.put(peer, n, part.list, modes.indexOf(mode), gate, epoch, 1, envelope, bytes, day);
      return n;
    },
    drop,
    tellDrops: (peer, day, room) => {
      let { waitingBytes } = read(peer);
      for (const [list, count, bytes] of drops.all<[Bytes, number, number]>(peer)) {
        waitingBytes += bytes;
        if (waitingBytes > room) return;
        begin.put(peer);
        const n = grow.get<[number]>(bytes, peer)?.[0] ?? 0;
        insert.put(peer, n, list, null, null, 0, count, null, bytes, day); // The list's use goes along.
        dropTold.put(peer, list);
      }
    },
    waitingOfAll: () => Number(ofAll.get<[number]>()?.[0] ?? 0),
    rows: (peer, after, limit, bytes) => {
      let [count, left] = [0, bytes];
      for (const [size] of sizes.all<[number]>(peer, after, limit)) {
        left -= size;
        if (count > 0 && left < 0) break;
        count++;
      }
      return count === 0 ? [] : rows.all<Row>(peer, after, count).map(rowOf);
    },
    addresses: (list) => addresses.get<[Bytes]>(list)?.[0],
    done: (peer, n, chain) => {
      const { outStream, outDone } = read(peer);
      if (n >= outDone) release(peer, n, outStream ?? null, chain); // Else it waited too long meanwhile.
    },
    restart: (peer, stream, chain) => {
      begin.put(peer);
      restart.put(stream, chain, peer);
    },
    took: (peer, stream, n, chain) => {
      begin.put(peer);
      took.put(stream, n, chain, peer);
    },
    expire: (before, today) => {
      for (const [peer, n] of old.all<[number, number]>(before)) {
        for (const [list, count] of posts.all<[Bytes, number]>(peer, n)) {
          const of = addresses.get<[Bytes]>(list)?.[0];
          if (of !== undefined) drop(peer, { list, addresses: of }, Number(count), today);
        }
        // The chain there is not known; a line that is open brings it with its next acknowledgement.
        release(peer, n, read(peer).outStream ?? null, null);
      }
      for (const [list, uses] of dropsOld.all<[Bytes, number]>(before)) leave(list, uses);
      dropsGone.put(before);
    },
  };
}

const nothingYet: State = [null, 0, 0, null, 0, 0, null, 0, null];

function rowOf([n, list, mode, gate, epoch, count, envelope]: Row): WaitingRow {
  const of = mode === null ? undefined : modes[mode];
  const row =
    of === undefined || gate === null || envelope === null
      ? ({ kind: "dropped", list, count } as const)
      : ({ kind: "envelope", mode: of, gate, epoch, list, envelope } as const);
  return { n, list, bytes: encodeStreamRow(row) };
}

export const streamsOfNobody = [
  "peer_streams",
  "peer_holds",
  "peer_envelopes",
  "peer_lists",
  "peer_rows",
  "peer_drops",
];

/**
 * What goes to other servers, and how far it is (docs/spec/peers.md PE20–PE27).
 * Size: an envelope once, and some 250 bytes for each server; until it is acknowledged, thirty days at most.
 * What was given up then stands as a count, thirty days more.
 */
export const streamSqlite: Migration = {
  number: 13,
  up: `
  CREATE TABLE peer_streams (
    peer          INTEGER PRIMARY KEY,
    out_stream    BLOB,             -- 16 random bytes; none: another is to begin
    out_n         INTEGER NOT NULL, -- the number given last
    out_done      INTEGER NOT NULL, -- up to which rows are gone
    out_chain     BLOB,             -- of what went out up to there
    waiting_rows  INTEGER NOT NULL,
    waiting_bytes INTEGER NOT NULL,
    in_stream     BLOB,
    in_n          INTEGER NOT NULL,
    in_chain      BLOB
  ) STRICT;
  CREATE TABLE peer_holds (
    peer    INTEGER PRIMARY KEY,
    gateway INTEGER NOT NULL -- the process that has its line; none but with PostgreSQL
  ) STRICT;
  CREATE TABLE peer_envelopes (
    id   INTEGER PRIMARY KEY,
    body BLOB    NOT NULL,
    uses INTEGER NOT NULL -- rows that name it
  ) STRICT;
  CREATE TABLE peer_lists (
    list      BLOB    PRIMARY KEY NOT NULL,
    addresses BLOB    NOT NULL, -- at the other server, 16 bytes each
    uses      INTEGER NOT NULL  -- rows and drops that name it
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE peer_rows (
    peer     INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    list     BLOB    NOT NULL,
    mode     INTEGER,          -- none: it tells of envelopes that were given up
    gate     BLOB,
    epoch    INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    envelope INTEGER,
    bytes    INTEGER NOT NULL,
    day      INTEGER NOT NULL, -- in days since 1970
    PRIMARY KEY (peer, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE peer_drops (
    peer  INTEGER NOT NULL,
    list  BLOB    NOT NULL,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    day   INTEGER NOT NULL, -- of the last that was counted
    PRIMARY KEY (peer, list)
  ) STRICT, WITHOUT ROWID;
`,
};
export const streamPostgres: Migration = {
  number: 13,
  up: `
  CREATE TABLE peer_streams (
    peer          bigint PRIMARY KEY,
    out_stream    bytea,
    out_n         bigint NOT NULL,
    out_done      bigint NOT NULL,
    out_chain     bytea,
    waiting_rows  bigint NOT NULL,
    waiting_bytes bigint NOT NULL,
    in_stream     bytea,
    in_n          bigint NOT NULL,
    in_chain      bytea
  );
  CREATE TABLE peer_holds (
    peer    bigint  PRIMARY KEY,
    gateway integer NOT NULL
  );
  CREATE TABLE peer_envelopes (
    id   bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body bytea   NOT NULL,
    uses integer NOT NULL
  );
  CREATE TABLE peer_lists (
    list      bytea   PRIMARY KEY,
    addresses bytea   NOT NULL,
    uses      integer NOT NULL
  );
  CREATE TABLE peer_rows (
    peer     bigint  NOT NULL,
    n        bigint  NOT NULL,
    list     bytea   NOT NULL,
    mode     integer,
    gate     bytea,
    epoch    bigint  NOT NULL,
    count    integer NOT NULL,
    envelope bigint,
    bytes    integer NOT NULL,
    day      integer NOT NULL,
    PRIMARY KEY (peer, n)
  );
  CREATE TABLE peer_drops (
    peer  bigint  NOT NULL,
    list  bytea   NOT NULL,
    count integer NOT NULL,
    bytes integer NOT NULL,
    day   integer NOT NULL,
    PRIMARY KEY (peer, list)
  );
`,
};
