/**
 * Native connection over sqlite-wasm. It calls SQLite's C functions directly: the library's wrappers cut a text at its
 * first NUL, and take as long as SQLite itself. A device that catches up runs twenty statements a message.
 */
import type { Database as NativeDatabase, PreparedStatement, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import type { SqlRow, SqlValue } from "../database.ts";
import type { NativeConnection, NativeStatement } from "../database-over.ts";

/**
 * Loads the library once per worker. Its wasm comes from the own origin: the bundler resolves its `new
 * URL("sqlite3.wasm", import.meta.url)`. The file systems that it starts by default (one in another worker) are
 * disabled, and so is its output.
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
    loading = undefined; // For example, a download failed: the next call tries again.
  });
  return loading;
}
let loading: Promise<Sqlite3Static> | undefined;

/** @param released runs after the database is closed, and releases its files. */
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
  const c = sqlite3.wasm.exports as unknown as StatementExports;
  const pointer = statement.pointer as number;
  const database = native.pointer as number;
  const { SQLITE_ROW, SQLITE_DONE } = sqlite3.capi;
  const count = statement.parameterCount;
  const bindValue = valueBinder(sqlite3, pointer);
  const { columnNames, readRow } = rowReader(sqlite3, statement);

  /** Binds, runs `work`, and resets the statement and its bindings. */
  function bound<T>(params: readonly SqlValue[], work: () => T): T {
    if (params.length !== count) throw new Error(`the statement expects ${count} values, and got ${params.length}`);
    try {
      for (let i = 0; i < count; i++) must(bindValue(i + 1, params[i] as SqlValue));
      return work();
    } finally {
      c.sqlite3_reset(pointer);
      if (count > 0) c.sqlite3_clear_bindings(pointer);
    }
  }

  /** Returns whether there is a row. */
  function step(): boolean {
    const code = c.sqlite3_step(pointer);
    if (code === SQLITE_ROW) return true;
    if (code !== SQLITE_DONE) must(code);
    return false;
  }

  /** Throws the library's error unless the code is SQLITE_OK. */
  function must(code: number): void {
    if (code !== 0) sqlite3.oo1.DB.checkRc(native, code);
  }

  return {
    run: (params) =>
      bound(params, () => {
        const before = c.sqlite3_total_changes(database);
        while (step());
        // sqlite3_changes keeps the count of the last INSERT, UPDATE or DELETE through other statements.
        return c.sqlite3_total_changes(database) === before ? 0 : c.sqlite3_changes(database);
      }),
    all: (params) =>
      bound(params, () => {
        const rows: SqlRow[] = [];
        if (!step()) return rows;
        const names = columnNames();
        do rows.push(readRow(names));
        while (step());
        return rows;
      }),
    get: (params) => bound(params, () => (step() ? readRow(columnNames()) : undefined)),
    finalize: () => {
      statement.finalize();
    },
  };
}

/** The C functions that bind and run a statement, as the wasm module exports them. */
type StatementExports = {
  readonly sqlite3_bind_null: (statement: number, index: number) => number;
  readonly sqlite3_bind_int: (statement: number, index: number, value: number) => number;
  readonly sqlite3_bind_int64: (statement: number, index: number, value: bigint) => number;
  readonly sqlite3_bind_double: (statement: number, index: number, value: number) => number;
  readonly sqlite3_bind_text: (s: number, index: number, at: number, length: number, free: number) => number;
  readonly sqlite3_bind_blob: (s: number, index: number, at: number, length: number, free: number) => number;
  readonly sqlite3_step: (statement: number) => number;
  readonly sqlite3_reset: (statement: number) => number;
  readonly sqlite3_clear_bindings: (statement: number) => number;
  readonly sqlite3_changes: (database: number) => number;
  readonly sqlite3_total_changes: (database: number) => number;
};

const utf8Encoder = new TextEncoder();
/** SQLITE_TRANSIENT: SQLite copies the value at once. */
const transient = -1;

function valueBinder({ wasm }: Sqlite3Static, pointer: number): (index: number, value: SqlValue) => number {
  const c = wasm.exports as unknown as StatementExports;

  function bytes(bind: StatementExports["sqlite3_bind_blob"], index: number, value: Uint8Array): number {
    const at = roomFor(wasm, value.length);
    wasm.heap8u().set(value, at);
    const code = bind(pointer, index, at, value.length, transient);
    if (room.bytes > roomBytesMax) giveBack(wasm);
    return code;
  }

  return (index, value) => {
    if (value === null) return c.sqlite3_bind_null(pointer, index);
    if (typeof value === "string") return bytes(c.sqlite3_bind_text, index, utf8Encoder.encode(value));
    if (typeof value !== "number") return bytes(c.sqlite3_bind_blob, index, value);
    if ((value | 0) === value) return c.sqlite3_bind_int(pointer, index, value);
    // A number beyond 64 bits would silently become another one.
    if (Number.isSafeInteger(value)) return c.sqlite3_bind_int64(pointer, index, BigInt(value));
    return c.sqlite3_bind_double(pointer, index, value);
  };
}

/** The wasm buffer for a value that is being bound. It grows up to `roomBytesMax`. */
let room = { at: 0, bytes: 0 };
const roomBytesMin = 64 * 1024;
const roomBytesMax = 1024 * 1024;

function roomFor(wasm: Sqlite3Static["wasm"], bytes: number): number {
  if (bytes > room.bytes || room.at === 0) {
    giveBack(wasm);
    const size = Math.max(roomBytesMin, bytes);
    room = { at: wasm.alloc(size) as number, bytes: size };
  }
  return room.at;
}

function giveBack(wasm: Sqlite3Static["wasm"]): void {
  if (room.at !== 0) wasm.dealloc(room.at);
  room = { at: 0, bytes: 0 };
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

function rowReader(sqlite3: Sqlite3Static, statement: PreparedStatement) {
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

  /**
   * Read again when SQLite has recompiled the statement, because a table may have a new column. That it does before the
   * first row alone.
   */
  function columnNames(): readonly string[] {
    const remade = c.sqlite3_stmt_status(pointer, capi.SQLITE_STMTSTATUS_REPREPARE, 0);
    if (remade !== namedAt) names = statement.getColumnNames();
    namedAt = remade;
    return names;
  }

  function readRow(columns: readonly string[]): SqlRow {
    const row: Record<string, SqlValue> = {};
    let column = 0;
    for (const name of columns) row[name] = value(column++);
    return row;
  }

  return { columnNames, readRow };
}
