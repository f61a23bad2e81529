/**
 * Database over a native connection: the code that both adapters share. It caches prepared statements by their text,
 * makes a transaction one function call, and throws once the database is closed (docs/spec/store.md ST3, ST4).
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
 * Settings of every connection. `synchronous = FULL`, because ratchet state must be on disk before a message made with
 * it is sent: otherwise a crashed device would use a key twice. `secure_delete`, because deleted content must be gone
 * from the disk. `auto_vacuum`, so that free pages can be given back (queries/room.ts); it must be set before the first
 * table is made.
 */
export const connectionPragmas = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA secure_delete = ON;
  PRAGMA trusted_schema = OFF;
`;

/** All statements are literals in the source, so only a fault exceeds this. */
const statementsMax = 512;

/** The table that a statement writes; an upsert’s `DO UPDATE SET` stands behind it. */
const writes = /\b(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE(?: OR \w+)?|DELETE FROM)\s+"?(\w+)/;

type Statement = NativeStatement & { readonly table: string | undefined };

export function databaseOver(native: NativeConnection): Database {
  const statements = new Map<string, Statement>();
  /** How often each table was written; and how often any may have been. */
  const written = new Map<string, number>();
  let writtenAny = 0;
  let open = true;
  let inTransaction = false;

  function mustBeOpen(): void {
    if (!open) throw new Error("the database is closed");
  }

  function statement(sql: string): Statement {
    mustBeOpen();
    const held = statements.get(sql);
    if (held !== undefined) return held;
    if (statements.size >= statementsMax) forgetOldest();
    const made = { ...asked(() => native.prepare(plannedOnce(sql))), table: writes.exec(sql)?.[1] };
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

  /** One that answers rows is counted whatever it changed. */
  function noteWrite({ table }: Statement): void {
    if (table !== undefined) written.set(table, (written.get(table) ?? 0) + 1);
  }

  function run(sql: string, params: readonly SqlValue[]): number {
    const held = statement(sql);
    const rows = held.run(params);
    if (rows > 0) noteWrite(held);
    return rows;
  }

  function read<T>(sql: string, work: (statement: NativeStatement) => T): T {
    const held = statement(sql);
    const found = work(held);
    noteWrite(held);
    return found;
  }

  function rollBack(): void {
    writtenAny++; // What was read meanwhile is not so.
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
    run: (sql, ...params) => asked(() => run(sql, params)),
    // The caller names the row's shape, as it wrote the SELECT; SQLite cannot check it.
    all: <Row = SqlRow>(sql: string, ...params: readonly SqlValue[]) =>
      asked(() => read(sql, (held) => held.all(params))) as unknown as readonly Row[],
    get: <Row = SqlRow>(sql: string, ...params: readonly SqlValue[]) =>
      asked(() => read(sql, (held) => held.get(params))) as unknown as Row | undefined,
    script: (sql) => {
      mustBeOpen();
      writtenAny++;
      asked(() => native.exec(sql));
    },
    transaction,
    written: (...tables) => tables.reduce((sum, table) => sum + (written.get(table) ?? 0), writtenAny),
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
 * SQLite uses the values of parameters to plan a statement that sorts or limits, and plans it again for other values,
 * which takes ten times as long as most statements. A unary plus, which does not change the value, prevents that.
 */
function plannedOnce(sql: string): string {
  return sql.replaceAll("?", "+?");
}

/** Runs `work`, and throws a StorageError if the disk failed rather than the statement (ST14). */
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
