/**
 * Database: the port to the device's SQLite. It is synchronous on every adapter (bun:sqlite; sqlite-wasm on OPFS in a
 * worker), so a transaction is one function call and nothing runs in between. Every adapter passes `databaseContract`
 * (docs/spec/store.md ST1).
 */
import type { Bytes } from "@yanshu/wire";

export type SqlValue = string | number | null | Bytes;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Every method may throw a `StorageError` if the disk fails (ST14). */
export type Database = {
  /** Runs a statement; returns how many rows it changed. Statements are cached by their text. */
  readonly run: (sql: string, ...params: readonly SqlValue[]) => number;
  readonly all: <Row = SqlRow>(sql: string, ...params: readonly SqlValue[]) => readonly Row[];
  readonly get: <Row = SqlRow>(sql: string, ...params: readonly SqlValue[]) => Row | undefined;
  /** Several statements without parameters, as in a migration. */
  readonly script: (sql: string) => void;
  /** All of `work` or nothing; an exception rolls back and is thrown on. Must not be nested. */
  readonly transaction: <T>(work: () => T) => T;
  /**
   * Grows with each statement by which rows of one of these tables changed, and with each transaction that is rolled
   * back. What a trigger changes is not counted.
   */
  readonly written: (...tables: readonly string[]) => number;
  readonly close: () => void;
};
