/**
 * Reads everything that the server keeps of one account (docs/spec/delivery.md DS70, DS71). Its tables are listed here
 * and in each feature. A test compares the lists with the live schema, so that no table is forgotten.
 */
import type { Bytes, Cell, Row } from "@yanshu/wire";
import { ofNobodyByFeatures, ownedByFeatures } from "../feature-tables.ts";
import type { AccountExportLog, AccountRef, DeviceRef, KeyedRow, TableCount } from "../log.ts";
import { byAccount, byDevice, type OwnedTable, type Sum } from "./owned.ts";
import type { Prepare } from "./prepared.ts";

const number = (column: string) => [column, "number"] as const;
const int32 = (column: string) => [column, "int32"] as const;
const bytes = (column: string) => [column, "bytes"] as const;

/** The tables in the order of the export: the account itself, what features keep of it, and its devices' queues. */
export const ofOne: readonly OwnedTable[] = [
  byAccount("accounts", "ref", number("ref"), "ref", "id", "inception", "root", "next_root", "since_day", "suspended"),
  byAccount("entries", "account", int32("n"), "account", "n", "bytes"),
  byAccount("devices", "account", number("ref"), "ref", "account", "id", "key", "held", "last", "expired"),
  byDevice("addresses", bytes("address"), "address", "device", "wakes"),
  byDevice("packages", number("ref"), "ref", "device", "last_resort", "expires_day", "body"),
  { ...byDevice("capabilities", bytes("hash"), "hash", "device", "day", "draws"), by: "rested" },
  ...ownedByFeatures,
  byDevice("queue", number("envelope"), "device", "envelope"),
  // Of a packed list the export contains the account's own devices only.
  {
    table: "packed",
    by: "packed",
    owner: "device",
    key: "envelope",
    columns: ["envelope", "devices"],
    keys: ["number"],
  },
  { table: "envelopes", by: "envelope", owner: "", key: "id", columns: ["id", "frame"], keys: ["number"] },
];

/**
 * Further tables of a database that several servers share: which server a device is connected to, and what servers tell
 * each other about it.
 */
export const ofOneShared: readonly OwnedTable[] = [
  byDevice("holds", int32("gateway"), "device", "gateway"),
  byDevice("calls", number("n"), "n", "gateway", "device", "what"),
];
export const ofNobodyShared: readonly string[] = ["gateways", "rendezvous", "repeats", "secrets"];

/**
 * Tables that belong to no account: of the server itself, of gates, which name no account, and of counts for messages.
 */
export const ofNobody: readonly string[] = ["server", "gates", "waiting", "days", ...ofNobodyByFeatures];

/** The account, with what is looked up once for each answer. */
type Own = {
  readonly account: AccountRef;
  readonly devices: () => readonly DeviceRef[];
  /** Packed lists that name devices of the account: messages being pushed, which stay for a few seconds. */
  readonly packed: () => readonly { readonly envelope: number; readonly own: readonly DeviceRef[] }[];
};
type Rows = {
  /** Some rows after the key `after`, in order; empty at the end. */
  readonly next: (own: Own, after: Row) => readonly KeyedRow[];
  /** Yields between short steps. */
  readonly count: (own: Own) => Generator<void, Sum>;
};

/** Rows that are counted in one step. */
const stepRows = 2_048;

const first = Number.MIN_SAFE_INTEGER;

/** How to read one of the databases. */
export type Reading = {
  /** Rows that are read at once. */
  readonly pageRows: number;
  /** The SQL for how many bytes stand in a column. */
  readonly lengthOf: (column: string) => string;
  readonly tables?: readonly OwnedTable[];
};

export function accountExportLog(prepare: Prepare, reading: Reading): AccountExportLog {
  const own = ownBy(prepare);
  const all = reading.tables ?? ofOne;
  const tables = new Map(all.map((of) => [of.table, rowsOf(prepare, of, reading)]));
  return {
    exportTables: all,
    exportOf: (account) => {
      const one = own(account);
      let last: KeyedRow | undefined;
      let page: KeyedRow[] = [];
      return {
        *counts() {
          const found: TableCount[] = [];
          for (const [table, { count }] of tables) {
            const [rows, bytes] = yield* count(one);
            found.push({ table, rows, bytes });
            yield;
          }
          return found;
        },
        after: (table, after) => {
          if (page.length === 0 || last?.key !== after) page = [...(tables.get(table)?.next(one, after) ?? [])];
          last = page.shift();
          return last;
        },
      };
    },
  };
}

function ownBy(prepare: Prepare): (account: AccountRef) => Own {
  const listDevices = prepare("SELECT ref FROM devices WHERE account = ? ORDER BY ref");
  const allPacked = prepare("SELECT envelope, devices FROM packed ORDER BY envelope");
  return (account) => {
    const devices = once(() => listDevices.all<[number]>(account).map(([ref]) => ref));
    const packed = once(() =>
      allPacked.all<[number, Bytes]>().flatMap(([envelope, bytes]) => {
        const list = new Uint32Array(bytes.slice().buffer);
        const own = devices().filter((device) => list.includes(device));
        return own.length === 0 ? [] : [{ envelope, own }];
      }),
    );
    return { account, devices, packed };
  };
}

function rowsOf(prepare: Prepare, of: OwnedTable, reading: Reading): Rows {
  switch (of.by) {
    case "account":
      return within(prepare, of, reading, ({ account }) => [account]);
    case "device":
      return within(prepare, of, reading, ({ devices }) => devices());
    case "rested":
      return within(prepare, of, reading, ({ account, devices }) => [-account, ...devices()]);
    case "packed":
      return packedRows;
    case "envelope":
      return envelopeRows(prepare, of, reading);
    default:
      return of.by satisfies never;
  }
}

/** Reads owner by owner, each in the order of the key, so that every step is one search of an index. */
function within(prepare: Prepare, of: OwnedTable, reading: Reading, ownersOf: (own: Own) => readonly number[]): Rows {
  const select = `SELECT ${of.key}, ${of.columns.join(", ")} FROM ${of.table} WHERE ${of.owner} = ?1`;
  const begin = prepare(`${select} ORDER BY ${of.key} LIMIT ${reading.pageRows}`);
  const goOn = prepare(`${select} AND ${of.key} > ?2 ORDER BY ${of.key} LIMIT ${reading.pageRows}`);
  const lengths = lengthsOf(of, reading);
  // Tables ordered by bytes (handles, a device's addresses and capabilities) are limited in size: one step counts them.
  const isLong = of.keys.at(-1) !== "bytes";
  const place = isLong ? of.key : "0";
  const sum = `SELECT count(*), ${wholeSum("bytes")}, max(place) FROM
    (SELECT ${lengths} AS bytes, ${place} AS place FROM ${of.table} WHERE ${of.owner} = ?1`;
  const ends = isLong ? `ORDER BY ${of.key} LIMIT ${stepRows}) AS step` : ") AS step";
  const sumFirst = prepare(`${sum} ${ends}`);
  const sumMore = isLong ? prepare(`${sum} AND ${of.key} > ?2 ${ends}`) : undefined;
  const counted = of.counted?.(prepare);
  function* count(own: Own): Generator<void, Sum> {
    if (counted !== undefined) {
      yield;
      return counted(own.account);
    }
    let [rows, bytes] = [0, 0];
    for (const owner of ownersOf(own)) {
      for (let after: Cell = null; ; ) {
        const got: SumRow | undefined =
          after === null ? sumFirst.get<SumRow>(owner) : sumMore?.get<SumRow>(owner, after);
        const [some, their, last]: SumRow = got ?? [0, 0, null];
        rows += some;
        bytes += their;
        if (some < stepRows || sumMore === undefined) break;
        after = last;
        yield;
      }
    }
    return [rows, bytes];
  }
  return {
    next: (own, [fromOwner, fromKey]) => {
      for (const owner of ownersOf(own)) {
        if (typeof fromOwner === "number" && owner < fromOwner) continue;
        const rows = owner === fromOwner ? goOn.all<Row>(owner, fromKey ?? null) : begin.all<Row>(owner);
        if (rows.length > 0) return rows.map((row) => ({ key: [owner, row[0] ?? null], row: row.slice(1) }));
      }
      return [];
    },
    count,
  };
}

type SumRow = [rows: number, bytes: number, last: Cell];

const packedRows: Rows = {
  next: ({ packed }, [from]) => {
    const found = packed().find(({ envelope }) => envelope > numberOf(from));
    if (found === undefined) return [];
    const { envelope, own } = found;
    return [{ key: [envelope], row: [envelope, new Uint8Array(Uint32Array.from(own).buffer)] }];
  },
  *count({ packed }) {
    yield;
    return added(packed().map(({ envelope, own }) => [1, `${envelope}`.length + 4 * own.length]));
  },
};

function envelopeRows(prepare: Prepare, of: OwnedTable, reading: Reading): Rows {
  const { pageRows } = reading;
  const following = prepare(
    `SELECT envelope FROM queue WHERE device = ? AND envelope > ? ORDER BY envelope LIMIT ${pageRows}`,
  );
  const isQueued = prepare("SELECT 1 FROM queue WHERE device = ? AND envelope = ?");
  const read = prepare(
    `SELECT id, frame FROM envelopes WHERE id IN (${Array(pageRows).fill("?").join(", ")}) ORDER BY id`,
  );
  const lengths = lengthsOf(of, reading);
  // Counts a device's envelopes, without those that an earlier device of the account waits for too.
  const sumQueued = prepare(`SELECT count(*), ${wholeSum("bytes")}, max(envelope), ${wholeSum("fresh")} FROM
    (SELECT queue.envelope AS envelope, CASE WHEN EXISTS
        (SELECT 1 FROM queue AS other WHERE other.envelope = queue.envelope AND other.device < queue.device
          AND other.device IN (SELECT ref FROM devices WHERE account = ?3)) THEN 0 ELSE ${lengths} END AS bytes,
      CASE WHEN EXISTS
        (SELECT 1 FROM queue AS other WHERE other.envelope = queue.envelope AND other.device < queue.device
          AND other.device IN (SELECT ref FROM devices WHERE account = ?3)) THEN 0 ELSE 1 END AS fresh
      FROM queue JOIN envelopes ON envelopes.id = queue.envelope
      WHERE queue.device = ?1 AND queue.envelope > ?2 ORDER BY queue.envelope LIMIT ${stepRows}) AS step`);
  const sum = prepare(`SELECT count(*), ${wholeSum(lengths)} FROM envelopes WHERE id = ?`);
  const idsAfter = ({ devices, packed }: Own, after: number): readonly number[] => {
    const ids = new Set(devices().flatMap((device) => following.all<[number]>(device, after).map(([id]) => id)));
    for (const { envelope } of packed()) if (envelope > after) ids.add(envelope);
    return [...ids].sort((a, b) => a - b).slice(0, pageRows);
  };
  return {
    next: (own, [from]) => {
      const ids = idsAfter(own, numberOf(from));
      if (ids.length === 0) return [];
      const padded = Array.from({ length: pageRows }, (_, i) => ids[Math.min(i, ids.length - 1)] as number);
      return read.all<Row>(...padded).map((row) => ({ key: [row[0] ?? null], row }));
    },
    *count(own) {
      const queued = ({ envelope }: { envelope: number }) =>
        own.devices().some((device) => isQueued.get(device, envelope) !== undefined);
      const found: Sum[] = [];
      for (const device of own.devices()) {
        for (let after = first; ; ) {
          const [some, bytes, last, fresh] = sumQueued.get<[number, number, number | null, number]>(
            device,
            after,
            own.account,
          ) ?? [0, 0, null, 0];
          found.push([fresh, bytes]);
          if (some < stepRows || last === null) break;
          after = last;
          yield;
        }
      }
      const pushed = own.packed().filter((each) => !queued(each));
      for (const { envelope } of pushed) found.push(sum.get<[number, number]>(envelope) ?? [0, 0]);
      return added(found);
    },
  };
}

/** A sum of integers as an integer; PostgreSQL would return a decimal. */
function wholeSum(of: string): string {
  return `CAST(coalesce(sum(${of}), 0) AS bigint)`;
}

/** SQL for the bytes in a row; a number counts as its digits. Reads only the lengths of large values. */
function lengthsOf({ columns }: OwnedTable, { lengthOf }: Reading): string {
  return columns.map((column) => `coalesce(${lengthOf(column)}, 0)`).join(" + ");
}

function added(sums: readonly (readonly [number, number])[]): readonly [number, number] {
  return sums.reduce<readonly [number, number]>(([rows, bytes], [r, b]) => [rows + r, bytes + b], [0, 0]);
}

function numberOf(from: Cell | undefined): number {
  return typeof from === "number" ? from : first;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
