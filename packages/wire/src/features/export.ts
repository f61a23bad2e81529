/**
 * Account export: an account reads its rows of the home server's database as they are stored (docs/spec/delivery.md
 * DS70). A row is an array of its table's columns in their order, in deterministic CBOR, so that rows can be compared
 * as bytes.
 */
import { type Bytes, MalformedError } from "../bytes.ts";
import { call, nothing } from "../call.ts";
import { limits } from "../limits.ts";
import { blob, bool, decodeAs, encodeAs, list, type Schema, struct, text, uint } from "../schema.ts";

/** An SQLite value. */
export type Cell = number | string | Bytes | null;
export type Row = readonly Cell[];

const columnsMax = 32;

const cell: Schema<Cell> = {
  check: (value, path) => {
    const isCell =
      value === null ||
      value instanceof Uint8Array ||
      (typeof value === "string" && value.isWellFormed()) ||
      (Number.isSafeInteger(value) && !Object.is(value, -0));
    // @checks DS70
    if (!isCell) throw new MalformedError(`${path}: not a cell`);
    return value as Cell;
  },
};
const row = list(cell, columnsMax);

export function encodeRow(cells: Row): Bytes {
  return encodeAs(row, cells);
}

/** @throws MalformedError */
export function decodeRow(bytes: Bytes): Row {
  return decodeAs(row, bytes, limits.rowBytesMax);
}

/**
 * Where the next page begins: in `table`, after the row with the key `after`, and `at` bytes into the row after that.
 */
export type Place = { readonly table: string; readonly after: Row; readonly at: number };

export function encodePlace({ table, after, at }: Place): Bytes {
  return encodeRow([table, at, ...after]);
}

/** @throws MalformedError @checks DS70 */
export function decodePlace(bytes: Bytes): Place {
  const [table, at, ...after] = decodeRow(bytes);
  if (typeof table !== "string" || typeof at !== "number" || at < 0) throw new MalformedError("not a place");
  return { table, after, at };
}

const tableName = text(limits.tableNameMax);

export const accountExport = {
  /** The number of this account's rows in each table, and their size in bytes (DS70). */
  everythingCounts: call(
    "signed-in",
    nothing,
    struct({ tables: list(struct({ table: tableName, rows: uint(), bytes: uint() }), limits.tablesMax) }),
  ),
  /**
   * One page of this account's rows as stored: rows of one table (`decodeRow`), and `next`, which is opaque to the
   * client. `isCut`: the last row is incomplete, and the next page begins with its rest. Refused as `stale-offset` if
   * that row has been deleted since.
   */
  everything: call(
    "signed-in",
    struct({}, { from: blob(limits.placeBytesMax) }),
    struct(
      {
        table: tableName,
        columns: list(tableName, limits.tablesMax),
        rows: list(blob(limits.rowsBytesMax), limits.rowsMax),
        isCut: bool,
      },
      { next: blob(limits.placeBytesMax) },
    ),
  ),
} as const;
