/**
 * Bill: the storage that each account uses (docs/spec/delivery.md DS146): numbers and bytes, no names and no ids. It is
 * read on a connection of its own, so that the running server is not blocked meanwhile.
 */
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { LogOpenError } from "../log/log.ts";
import { OptionError } from "../options.ts";

export type BillRow = {
  /** By which the operator means it, and which its owner finds under “what home keeps of me”. */
  readonly number: number;
  /** The day on which it came, as in 2026-11-28; none: before that was kept. */
  readonly since: string | null;
  readonly devices: number;
  readonly historyBytes: number;
  /** What waits for its devices; what waits for several is counted for each. */
  readonly waitingBytes: number;
  /** Device list, key packages, recovery. */
  readonly keyBytes: number;
  readonly isSuspended: boolean;
};

/** The query, in SQL for both databases. `waiting`: the part that differs between them. */
function billSql(waiting: string): string {
  const ofDevices = (table: string, bytes: string) =>
    `SELECT d.account, sum(${bytes}) AS bytes FROM ${table} t JOIN devices d ON d.ref = t.device GROUP BY d.account`;
  return `
    SELECT a.ref, a.since_day, a.suspended, coalesce(devices.n, 0), coalesce(v.bytes, 0), coalesce(waits.bytes, 0),
      octet_length(a.inception) + coalesce(octet_length(r.body), 0) + coalesce(lists.bytes, 0) + coalesce(packs.bytes, 0)
    FROM accounts a
    LEFT JOIN (SELECT account, count(*) AS n FROM devices GROUP BY account) devices ON devices.account = a.ref
    LEFT JOIN vaults v ON v.account = a.ref
    LEFT JOIN records r ON r.account = a.ref
    LEFT JOIN (SELECT account, sum(octet_length(bytes)) AS bytes FROM entries GROUP BY account) lists ON lists.account = a.ref
    LEFT JOIN (${ofDevices("packages", "octet_length(t.body)")}) packs ON packs.account = a.ref
    LEFT JOIN (${waiting}) waits ON waits.account = a.ref
    ORDER BY a.ref`;
}

const waitingInSqlite = `SELECT d.account, sum(octet_length(e.frame)) AS bytes FROM queue q
  JOIN devices d ON d.ref = q.device JOIN envelopes e ON e.id = q.envelope GROUP BY d.account`;
const waitingInPostgres =
  "SELECT d.account, sum(q.bytes) AS bytes FROM queue q JOIN devices d ON d.ref = q.device GROUP BY d.account";

type Columns = readonly (number | string | bigint | Uint8Array | null)[];

/** @throws OptionError if the folder holds no server's data. */
export function sqliteBill(folder: string): readonly BillRow[] {
  const path = join(folder, "yanshu.db");
  if (!existsSync(path)) throw new OptionError(`${folder} holds no server: see --data`);
  const database = openBeside(path);
  try {
    return database.query(billSql(waitingInSqlite)).values().map(rowOf);
  } finally {
    database.close(false);
  }
}

/** @throws LogOpenError if the database does not answer. */
export async function postgresBill(url: string): Promise<readonly BillRow[]> {
  const sql = new SQL(url, { max: 1, connectionTimeout: 5 });
  try {
    const rows: readonly Columns[] = await sql.unsafe(billSql(waitingInPostgres)).values();
    return rows.map(rowOf);
  } catch (error) {
    const { errno, code } = error as { readonly errno?: string; readonly code?: string };
    throw new LogOpenError(`the database cannot be read (${errno ?? code ?? "unknown fault"}): see --log`);
  } finally {
    await sql.close();
  }
}

/** Opens a database that a server may be writing to: read-only, so that the server never waits for it. */
export function openBeside(path: string): Database {
  try {
    const database = new Database(path, { readwrite: true, create: false });
    database.run("PRAGMA busy_timeout = 5000");
    database.run("PRAGMA query_only = ON");
    return database;
  } catch {
    throw new LogOpenError("the database cannot be opened: ask as the user that the server runs as, or as root");
  }
}

function rowOf([number, sinceDay, suspended, devices, history, waiting, keys]: Columns): BillRow {
  return {
    number: Number(number),
    since: sinceDay === null ? null : new Date(Number(sinceDay) * 86_400_000).toISOString().slice(0, 10),
    devices: Number(devices),
    historyBytes: Number(history),
    waitingBytes: Number(waiting),
    keyBytes: Number(keys),
    isSuspended: Number(suspended) === 1,
  };
}

export function bytesOf({ historyBytes, waitingBytes, keyBytes }: BillRow): number {
  return historyBytes + waitingBytes + keyBytes;
}
