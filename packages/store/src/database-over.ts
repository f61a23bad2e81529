/**
 * Database over a native connection: what both adapters share, so that they differ in nothing but
 * how SQLite is called. It keeps prepared statements by their text, makes a transaction one
 * function call, and refuses a closed database (docs/spec/store.md ST3, ST4).
 */
import type { Database, SqlRow, SqlValue } from "./database.ts";
import { readError } from "./storage-error.ts";

export type NativeStatement = {
  /** Runs to the end; returns how many rows it changed, those changed by triggers not counted. */
  readonly run: (params: readonly SqlValue[]) => number;
  readonly all: (params: readonly SqlValue[]) => readonly SqlRow[];
  readonly get: (params: readonly SqlValue[]) => SqlRow | undefined;
  readonly finalize: () => void;
};

export type NativeConnection = {
  readonly prepare: (sql: string) => NativeStatement;
  readonly exec: (sql: string) => void;
  readonly close: () => void;
};

/**
 * What every connection is set to before its first statement. FULL, because ratchet state must be
 * on disk before the bytes made with it leave: a device that wakes up older than its last send
 * would use a key twice. `secure_delete`, because what is deleted must be gone (P2 on the device), and
 * its pages are given back (queries/room.ts), which a database must be able to from its first table on.
 */
export const connectionPragmas = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON;
  PRAGMA trusted_schema = OFF;
`;

/** Texts of statements are written in the source, so this is never reached but by a mistake. */
const statementsMax = 512;

export function databaseOver(native: NativeConnection): Database {
  const statements = new Map<string, NativeStatement>();
  let open = true;
  let inTransaction = false;

  function mustBeOpen(): void {
    if (!open) throw new Error("the database is closed");
  }

  function statement(sql: string): NativeStatement {
    mustBeOpen();
    const held = statements.get(sql);
    if (held !== undefined) return held;
    if (statements.size >= statementsMax) forgetOldest();
    const made = asked(() => native.prepare(plannedOnce(sql)));
    statements.set(sql, made);
    return made;
  }

  function forgetOldest(): void {
    for (const [sql, oldest] of statements) {
      oldest.finalize();
      statements.delete(sql);
      return;
    }
  }

  function rollBack(): void {
    try {
      native.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself (disk full, for one); the first error says why.
    }
  }

  function transaction<T>(work: () => T): T {
    mustBeOpen();
    if (inTransaction) throw new Error("transactions must not be nested");
    asked(() => statement("BEGIN IMMEDIATE").run([]));
    inTransaction = true;
    try {
      const result = work();
      if (isThenable(result)) throw new Error("a transaction must not wait: its work answered a promise");
      asked(() => statement("COMMIT").run([]));
      return result;
    } catch (error) {
      rollBack();
      throw error;
    } finally {
      inTransaction = false;
    }
  }

  return {
    run: (sql, ...params) => asked(() => statement(sql).run(params)),
    // The caller names the row's shape, as it wrote the SELECT; SQLite cannot check it.
    all: <Row = SqlRow>(sql: string, ...params: readonly SqlValue[]) =>
      asked(() => statement(sql).all(params)) as unknown as readonly Row[],
    get: <Row = SqlRow>(sql: string, ...params: readonly SqlValue[]) =>
      asked(() => statement(sql).get(params)) as unknown as Row | undefined,
    script: (sql) => {
      mustBeOpen();
      asked(() => native.exec(sql));
    },
    transaction,
    close: () => {
      if (!open) return;
      if (inTransaction) throw new Error("a transaction is open: its work must end before the database closes");
      open = false;
      for (const held of statements.values()) held.finalize();
      statements.clear();
      native.close();
    },
  };
}

/**
 * Where a statement sorts or limits, SQLite looks at its parameters when it plans it, and plans it anew for the next
 * values: that takes ten times as long as most of ours take to run. At one with a sign, which changes no value, it does
 * not look.
 */
function plannedOnce(sql: string): string {
  return sql.replaceAll("?", "+?");
}

/** Asks SQLite for something; tells a disk that fails from a statement that does (ST14). */
function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw readError(error);
  }
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof (value as { then: unknown }).then === "function"
  );
}
