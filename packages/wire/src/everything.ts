/**
 * Everything: rows of home's database as they stand there, told to whose they are (docs/spec/delivery.md DS70). A row is an
 * array of its table's columns in their order, in CBOR that has one form, so that two of them can be compared by their bytes.
 */
import { type Bytes, MalformedError } from "./bytes.ts";
import { limits } from "./limits.ts";
import { decodeAs, encodeAs, list, type Schema } from "./schema.ts";

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

/** Where the next answer goes on: of which table, after which key of it, and after how many bytes of the row that follows. */
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
