/**
 * Account export: rows of the home server's database as they stand there, told to their account (docs/spec/delivery.md
 * DS70). A row is an array of its table's columns in their order, in CBOR that has one form, so that two of them can be
 * compared by their bytes.
 */
import { type Bytes, MalformedError } from "../bytes.ts";
import { call, nothing } from "../call.ts";
import { limits } from "../limits.ts";
import { blob, bool, decodeAs, encodeAs, list, type Schema, struct, text, uint } from "../schema.ts";

/** What SQLite keeps of a column. */
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
 * Where the next answer goes on: of which table, after which key of it, and after how many bytes of the row that
 * follows.
 */
export type Place = { readonly table: string; readonly after: Row; readonly at: number };

export function encodePlace({ table, after, at }: Place): Bytes {
  return encodeRow([table, at, ...after]);
}

/** @throws MalformedError */
export function decodePlace(bytes: Bytes): Place {
  const [table, at, ...after] = decodeRow(bytes);
  if (typeof table !== "string" || typeof at !== "number" || at < 0) throw new MalformedError("not a place");
  return { table, after, at };
}

const tableName = text(limits.tableNameMax);

export const accountExport = {
  /** How many rows of each table are this account's, and how many bytes stand in them (DS70). */
  everythingCounts: call(
    "signed-in",
    nothing,
    struct({ tables: list(struct({ table: tableName, rows: uint(), bytes: uint() }), limits.tablesMax) }),
  ),
  /**
   * All that is kept of this account, as it stands in the database: rows of one table (`decodeRow`), and where the next
   * answer goes on, which is the server's to understand. `isCut`: of the last row this is the beginning, and the next
   * answer's first goes on with it. Refused `stale-offset` when that row is gone meanwhile.
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
