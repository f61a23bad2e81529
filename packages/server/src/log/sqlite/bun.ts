/**
 * SQLite log over bun:sqlite: WAL, `synchronous=FULL` so that a commit is on disk when it returns,
 * and `secure_delete` so that what was acknowledged is overwritten (docs/spec/delivery.md DS16, DS32).
 */
import { Database, type Statement } from "bun:sqlite";
import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { featureTables, type Log, putBackByFeatures } from "../feature-tables.ts";
import { LogBusyError, LogFullError, LogOpenError } from "../log.ts";
import { accountExportLog } from "../sql/account-export.ts";
import { accountLog } from "../sql/accounts.ts";
import type { Prepare, SqlValue } from "../sql/prepared.ts";
import { isFullCode } from "./bun-codes.ts";
import { upkeep } from "./bun-upkeep.ts";
import { deliveryLog } from "./delivery.ts";
import { migrate, versionOf } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";

/** The file's `application_id` from an account's deletion until the next whole `remake`. */
const remakeDue = 1;

/** Pages freed at a time: two mebibytes, which takes some milliseconds. */
const tidyPages = 512;

export type SqliteLogOptions = {
  /** Random bytes, for a new database; absent: the runtime's. */
  readonly random?: (length: number) => Uint8Array;
  /**
   * The file is a copy from a backup. It becomes a new incarnation: every device may sign in as if for the first time,
   * and uploads new key packages (DS26).
   */
  readonly restored?: boolean;
  /** The disk is full: the file is opened anyway, and takes writes once there is room (docs/spec/delivery.md DS115). */
  readonly onFullDisk?: boolean | undefined;
  /** The most pages that the file may have, for tests of a full disk. */
  readonly pagesMax?: number;
};

/**
 * @throws LogOpenError if the file is no database of this program or comes from a newer version; LogFullError if only
 * disk space is lacking.
 */
export function openSqliteLog(path: string, options: SqliteLogOptions = {}): Log {
  const database = openDatabase(path, options.onFullDisk === true);
  const random = options.random ?? ((length: number) => crypto.getRandomValues(new Uint8Array(length)));
  const prepare = preparing(database);
  if (options.pagesMax !== undefined) database.run(`PRAGMA max_page_count = ${options.pagesMax}`);
  if (prepare("SELECT 1 FROM server").get() === undefined)
    prepare("INSERT INTO server (id, incarnation) VALUES (1, ?)").run(random(16));
  if (options.restored === true) beginAnew(database, random(16));
  const found = prepare("SELECT incarnation FROM server").get<[Uint8Array]>();
  if (found === undefined) throw new LogOpenError("the database holds no server");
  const delivery = deliveryLog(prepare);
  const nthQueued = prepare("SELECT envelope FROM queue WHERE device = ? ORDER BY envelope LIMIT 1 OFFSET ?");
  let isDueAgain = false;
  let isClosed = false;
  const markRemake = prepare(`PRAGMA application_id = ${remakeDue}`);
  const counts = prepare("SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM devices)");
  return {
    isShared: false,
    incarnation: found[0],
    transaction: transactions(database),
    accounts: accountLog(prepare, {
      everything: accountExportLog(prepare, sqliteReading),
      dropQueue: (device) =>
        delivery.ack(device, 0, nthQueued.get<[number]>(device, queueDropMax)?.[0] ?? Number.MAX_SAFE_INTEGER),
      markRemake: () => {
        isDueAgain = true;
        markRemake.put();
      },
    }),
    delivery,
    features: featureTables(prepare, "sqlite"),
    counts: () => {
      const [accounts, devices] = counts.get<[number, number]>() ?? [0, 0];
      return { accounts, devices, bytes: fileBytes(path) };
    },
    isThere: () => true,
    tidy: (how) =>
      named(() => {
        const before = freePages(database);
        database.run(`PRAGMA incremental_vacuum(${tidyPages})`);
        if (how === "hurried") database.run("PRAGMA busy_timeout = 0");
        try {
          database.run("PRAGMA wal_checkpoint(TRUNCATE)");
        } finally {
          if (how === "hurried") database.run(`PRAGMA busy_timeout = ${busyMs}`);
        }
        const left = freePages(database);
        return left > 0 && left < before;
      }),
    isRemakeDue: () => database.query("PRAGMA application_id").values()[0]?.[0] === remakeDue,
    remake: async (only, roomBytes) => {
      if (only === undefined) isDueAgain = false;
      if (path !== ":memory:") {
        // The thread makes the checkpoints while it runs.
        database.run("PRAGMA wal_autocheckpoint = 0");
        try {
          const lackingBytes = await upkeep({ path, kind: "remake", only, roomBytes, pagesMax: options.pagesMax });
          if (lackingBytes > 0) return lackingBytes;
        } finally {
          if (!isClosed) database.run(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
        }
      }
      // Marked as done last: a run that is cut off stays due.
      if (only === undefined && !isDueAgain && !isClosed) named(() => database.run("PRAGMA application_id = 0"));
      return 0;
    },
    check: async () => (path === ":memory:" ? 0 : upkeep({ path, kind: "check" })),
    close: () => {
      isClosed = true;
      database.close(false);
    },
  };
}

function freePages(database: Database): number {
  return Number(database.query("PRAGMA freelist_count").values()[0]?.[0] ?? 0);
}

/** Messages deleted at once together with their device. The rest is deleted in steps (DS131). */
const queueDropMax = 1_024;

/** Reading a row from the file is cheap, so rows are read one by one. */
const sqliteReading = { pageRows: 1, lengthOf: (column: string) => `octet_length(${column})` };

/** The database was restored from a copy: see `SqliteLogOptions.restored`. */
export function beginAnew(database: Database, incarnation: Uint8Array): void {
  database.transaction(() => {
    database.run("UPDATE server SET incarnation = ?", [incarnation]);
    database.run("UPDATE devices SET held = NULL, last = NULL");
    // Some may have been drawn after the copy: a Welcome to them cannot be opened.
    database.run("DELETE FROM packages");
    const isThere = database.query("SELECT 1 FROM sqlite_schema WHERE name = ?");
    for (const { table, sql } of putBackByFeatures) if (isThere.get(table) !== null) database.run(sql);
  })();
}

/**
 * Opens and migrates the file. A newer or foreign file is not changed.
 *
 * @throws LogOpenError; LogFullError if only disk space is lacking.
 */
function openDatabase(path: string, onFullDisk: boolean): Database {
  let database: Database | undefined;
  try {
    keepPrivate(path);
    database = new Database(path, { create: true, strict: true });
    if (onFullDisk) withoutRoom(database);
    const version = versionOf(database);
    if (version > migrations.length) {
      throw new LogOpenError(
        `the database has version ${version}, this server knows ${migrations.length}: use a newer server`,
      );
    }
    if (version === 0 && database.query("SELECT 1 FROM sqlite_schema LIMIT 1").get() !== null) {
      throw new LogOpenError("the file is a database of another program");
    }
    if (!hasAllOf(database, version))
      throw new LogOpenError(
        "the database was made before version 1, which brings nothing forward: use an empty folder",
      );
    if (version === 0) database.run("PRAGMA auto_vacuum = INCREMENTAL");
    for (const pragma of pragmas) database.run(`PRAGMA ${pragma}`);
    migrate(database, migrations, !onFullDisk);
    return database;
  } catch (error) {
    database?.close(false); // Otherwise its locks would block the next try.
    if (error instanceof LogOpenError) throw error;
    if (isFull(error)) throw new LogFullError("no room left");
    throw new LogOpenError(`the database cannot be opened (${sqliteCode(error) ?? "unknown fault"})`);
  }
}

/**
 * Whether the file has every column of this version. Until the first release, tables changed without a new version.
 */
function hasAllOf(database: Database, version: number): boolean {
  const model = new Database(":memory:");
  try {
    migrate(model, migrations.slice(0, version), true);
    const columns = `SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`;
    const found = new Set(database.query(columns).values().flat());
    return model
      .query(columns)
      .values()
      .flat()
      .every((column) => found.has(column));
  } finally {
    model.close();
  }
}

/**
 * Makes SQLite keep its shared index of the WAL in memory instead of a file, for which the disk has no room. No other
 * process can open the database then.
 */
export function withoutRoom(database: Database): void {
  database.run("PRAGMA locking_mode = EXCLUSIVE");
}

/**
 * Makes the database's file, and the `-wal` and `-shm` files beside it, readable by the server's user only. SQLite
 * gives new ones the mode of the database's file.
 */
export function keepPrivate(path: string): void {
  if (path === ":memory:") return;
  if (!existsSync(path)) writeFileSync(path, "", { flag: "a", mode: 0o600 });
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      if (existsSync(path + suffix) && (statSync(path + suffix).mode & 0o077) !== 0) chmodSync(path + suffix, 0o600);
    } catch {
      // A file of another user, or a read-only disk: opening the database shows whether it can be used.
    }
  }
}

/**
 * The write-ahead log is checkpointed when it has this many pages: four mebibytes, in one turn of the event loop.
 */
const checkpointPages = 1_000;
/** How long a transaction waits while another connection writes. */
const busyMs = 2_000;

const pragmas = [
  "journal_mode = WAL",
  "synchronous = FULL",
  "secure_delete = ON",
  `wal_autocheckpoint = ${checkpointPages}`,
  "cache_size = -8192",
  "temp_store = MEMORY",
  `busy_timeout = ${busyMs}`,
];

/**
 * For a statement that sorts or limits, SQLite looks at the parameters when it plans, and plans again for other values,
 * which takes ten times as long as running it. A unary plus, which changes no value, keeps SQLite from looking.
 */
export function preparing(database: Database): Prepare {
  return (sql) => {
    const statement = database.prepare(sql.replaceAll("?", "+?"));
    return {
      run: (...params) => statement.run(...params).changes,
      put: (...params) => void statement.run(...params),
      get: <Row>(...params: SqlValue[]) => statement.values(...params)[0] as Row | undefined,
      all: <Row>(...params: SqlValue[]) => statement.values(...params) as Row[],
    };
  };
}

/** Rolls back. An error here is ignored, so that the error that made the transaction fail is the one reported. */
function undo(rollback: { readonly run: () => unknown }): void {
  try {
    rollback.run();
  } catch {
    // `transactions` rolls back again before the next transaction.
  }
}

export function transactions(database: Database): Log["transaction"] {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const [hurried, patient] = [0, busyMs].map((ms) => database.prepare(`PRAGMA busy_timeout = ${ms}`)) as [
    Statement,
    Statement,
  ];
  const beginNow = () => {
    hurried.run();
    try {
      begin.run();
    } finally {
      patient.run();
    }
  };
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  return (work, _ahead, waits = true) => {
    try {
      if (database.inTransaction) rollback.run(); // An earlier transaction whose rollback failed.
      try {
        if (waits) begin.run();
        else beginNow();
      } catch (error) {
        throw isBusy(error) ? new LogBusyError("somebody else writes") : error;
      }
      const value = work();
      commit.run();
      return value;
    } catch (error) {
      if (database.inTransaction) undo(rollback);
      throw nameOf(error);
    }
  };
}

/** @throws LogFullError instead of SQLite's error for a full disk. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw nameOf(error);
  }
}

function nameOf(error: unknown): unknown {
  return isFull(error) ? new LogFullError("no room left") : error;
}

export function isFull(error: unknown): boolean {
  const code = sqliteCode(error);
  return isFullCode(code);
}

function isBusy(error: unknown): boolean {
  return sqliteCode(error)?.startsWith("SQLITE_BUSY") === true;
}

function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : undefined;
}

function fileBytes(path: string): number {
  let bytes = 0;
  for (const suffix of ["", "-wal"]) if (existsSync(path + suffix)) bytes += statSync(path + suffix).size;
  return bytes;
}
