/**
 * Native connection over sqlite-wasm. Columns are read straight from SQLite rather than through the
 * library's `get`, which ends a text at its first NUL and a whole number as BigInt beyond 32 bits.
 */
import type { Database as NativeDatabase, PreparedStatement, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import type { SqlRow, SqlValue } from "../database.ts";
import type { NativeConnection, NativeStatement } from "../database-over.ts";

/**
 * The library, loaded once a worker. Its wasm comes from our own origin: `new URL("sqlite3.wasm",
 * import.meta.url)` inside it, which the bundler sees. The file systems that it would start by
 * itself (one of them a worker of its own) are switched off; it prints nothing.
 */
export function loadSqlite(): Promise<Sqlite3Static> {
  loading ??= (async () => {
    (globalThis as { sqlite3ApiConfig?: unknown }).sqlite3ApiConfig = {
      disable: { vfs: { kvvfs: true, opfs: true, "opfs-vfs": true, "opfs-wl": true } },
      debug: () => undefined,
      log: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    const { default: init } = await import("@sqlite.org/sqlite-wasm");
    return init();
  })();
  loading.catch(() => {
    loading = undefined; // Such as a file that did not arrive: the next try asks for it again.
  });
  return loading;
}
let loading: Promise<Sqlite3Static> | undefined;

/** @param released runs after the database is closed: gives its files back. */
export function connectionOf(sqlite3: Sqlite3Static, native: NativeDatabase, released: () => void): NativeConnection {
  return {
    prepare: (sql) => statementOf(sqlite3, native, native.prepare(sql)),
    exec: (sql) => {
      native.exec(sql);
    },
    close: () => {
      native.close();
      released();
    },
  };
}

function statementOf(sqlite3: Sqlite3Static, native: NativeDatabase, statement: PreparedStatement): NativeStatement {
  const readRow = rowReader(sqlite3, statement);

  /** Binds, hands over to `work`, and leaves the statement ready and holding nothing. */
  function bound<T>(params: readonly SqlValue[], work: () => T): T {
    if (params.length !== statement.parameterCount) {
      throw new Error(`the statement expects ${statement.parameterCount} values, and got ${params.length}`);
    }
    try {
      if (params.length > 0) statement.bind(params as SqlValue[]);
      return work();
    } finally {
      statement.resetNoThrow(params.length > 0);
    }
  }

  return {
    run: (params) =>
      bound(params, () => {
        const before = native.changes(true);
        while (statement.step());
        // The count of the last INSERT, UPDATE or DELETE stands on through other statements.
        return native.changes(true) === before ? 0 : native.changes();
      }),
    all: (params) =>
      bound(params, () => {
        const rows: SqlRow[] = [];
        while (statement.step()) rows.push(readRow());
        return rows;
      }),
    get: (params) =>
      bound(params, () => {
        const row = statement.step() ? readRow() : undefined;
        return row;
      }),
    finalize: () => {
      statement.finalize();
    },
  };
}

/** The C functions that read a column, as the wasm module exports them: no conversion in between. */
type ColumnExports = {
  readonly sqlite3_column_type: (statement: number, column: number) => number;
  readonly sqlite3_column_int64: (statement: number, column: number) => bigint;
  readonly sqlite3_column_double: (statement: number, column: number) => number;
  readonly sqlite3_column_text: (statement: number, column: number) => number;
  readonly sqlite3_column_blob: (statement: number, column: number) => number;
  readonly sqlite3_column_bytes: (statement: number, column: number) => number;
  readonly sqlite3_stmt_status: (statement: number, counter: number, reset: number) => number;
};

const utf8Decoder = new TextDecoder();

function rowReader(sqlite3: Sqlite3Static, statement: PreparedStatement): () => SqlRow {
  const { capi, wasm } = sqlite3;
  const c = wasm.exports as unknown as ColumnExports;
  const pointer = statement.pointer as number;

  function bytesAt(address: number, length: number): Uint8Array {
    return wasm.heap8u().slice(address, address + length);
  }

  function value(column: number): SqlValue {
    switch (c.sqlite3_column_type(pointer, column)) {
      case capi.SQLITE_NULL:
        return null;
      case capi.SQLITE_INTEGER:
        return Number(c.sqlite3_column_int64(pointer, column));
      case capi.SQLITE_FLOAT:
        return c.sqlite3_column_double(pointer, column);
      case capi.SQLITE_TEXT: {
        const address = c.sqlite3_column_text(pointer, column); // Before the length, as SQLite asks.
        return utf8Decoder.decode(bytesAt(address, c.sqlite3_column_bytes(pointer, column)));
      }
      default: {
        const address = c.sqlite3_column_blob(pointer, column);
        return bytesAt(address, c.sqlite3_column_bytes(pointer, column));
      }
    }
  }

  let names: readonly string[] = [];
  let namedAt = -1;

  /** Asked for again when SQLite made the statement anew: a table may have grown a column since. */
  function columns(): readonly string[] {
    const remade = c.sqlite3_stmt_status(pointer, capi.SQLITE_STMTSTATUS_REPREPARE, 0);
    if (remade !== namedAt) names = statement.getColumnNames();
    namedAt = remade;
    return names;
  }

  return () => {
    const row: Record<string, SqlValue> = {};
    let column = 0;
    for (const name of columns()) row[name] = value(column++);
    return row;
  };
}
