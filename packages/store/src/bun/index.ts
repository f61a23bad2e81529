/**
 * Database on bun:sqlite, for the command line, the tests and the simulator (docs/spec/store.md ST1–ST6): in a file, in
 * memory, or from the bytes of a snapshot (ST13).
 */
import { Database as Native, type SQLQueryBindings } from "bun:sqlite";
import type { Bytes } from "@yanshu/wire";
import type { Database, SqlRow, SqlValue } from "../database.ts";
import { connectionPragmas, databaseOver, type NativeConnection } from "../database-over.ts";

const natives = new WeakMap<Database, Native>();

/** Opens the database at `path`, and creates it if absent. `:memory:`: in memory. */
export function openBunDatabase(path: string): Database {
  return wrap(new Native(path, { create: true, readwrite: true }));
}

/**
 * Returns all committed data as the bytes of a database file: what would be on disk if the power failed now. The
 * simulator crashes and restores devices with it. @throws Error inside a transaction
 */
export function snapshotBunDatabase(db: Database): Bytes {
  const native = natives.get(db);
  if (native === undefined) throw new Error("not a database of this adapter");
  if (native.inTransaction) throw new Error("a snapshot is taken between transactions");
  const bytes = new Uint8Array(native.serialize());
  // Bytes 18 and 19 say "WAL" for a file in that mode, and a database in memory has no WAL.
  if (bytes.length > 19) bytes.fill(1, 18, 20);
  return bytes;
}

/** Opens a database in memory with the content of `snapshot`, which is copied. */
export function openBunSnapshot(snapshot: Bytes): Database {
  // An empty database serialises to no bytes, which SQLite does not read back.
  return wrap(snapshot.length === 0 ? new Native(":memory:") : Native.deserialize(Uint8Array.from(snapshot)));
}

function wrap(native: Native): Database {
  native.exec("PRAGMA busy_timeout = 5000"); // Another process with the same file open waits its turn.
  native.exec(connectionPragmas);
  const db = databaseOver(connectionOf(native));
  natives.set(db, native);
  return db;
}

function connectionOf(native: Native): NativeConnection {
  return {
    prepare: (sql) => {
      const statement = native.prepare<SqlRow, SQLQueryBindings[]>(sql);
      return {
        run: (params) => statement.run(...mutable(params)).changes,
        all: (params) => statement.all(...mutable(params)),
        get: (params) => statement.get(...mutable(params)) ?? undefined,
        finalize: () => statement.finalize(),
      };
    },
    exec: (sql) => {
      native.exec(sql);
    },
    close: () => native.close(true), // Throws when a statement is still open, so no lock is left behind.
  };
}

/** bun:sqlite asks for an array that it could change; it does not. */
function mutable(params: readonly SqlValue[]): SqlValue[] {
  return params as SqlValue[];
}
