/**
 * Owned tables: which rows of a table belong to one account, and how to find them. The account export (DS70), account
 * deletion (DS56) and the tests of both use this list, so that no table is forgotten.
 */
import type { AccountRef, KeyKind } from "../log.ts";
import type { Prepare } from "./prepared.ts";

/** The number of rows, and of bytes in them; a number counts as its decimal digits. */
export type Sum = readonly [rows: number, bytes: number];

/**
 * How a table's rows are found. `account`: by the account. `device`: by each of its devices. `rested`: by its devices
 * and by minus the account, for rows of deleted devices. `packed`, `envelope`: messages that its devices still lack.
 */
export type OwnedTable = {
  readonly table: string;
  readonly by: "account" | "device" | "rested" | "packed" | "envelope";
  /** The column that holds the account or the device. */
  readonly owner: string;
  /** The column that orders rows within it. */
  readonly key: string;
  readonly columns: readonly string[];
  /** The types of a row's key: the owner, if any, and `key`. */
  readonly keys: readonly KeyKind[];
  /** Reads running totals, for tables with too many rows to count them for an export. */
  readonly counted?: (prepare: Prepare) => (account: AccountRef) => Sum;
};

export function byAccount(
  table: string,
  owner: string,
  [key, kind]: readonly [column: string, kind: KeyKind],
  ...columns: readonly string[]
): OwnedTable {
  return { table, by: "account", owner, key, columns, keys: ["number", kind] };
}

export function byDevice(
  table: string,
  [key, kind]: readonly [column: string, kind: KeyKind],
  ...columns: readonly string[]
): OwnedTable {
  return { table, by: "device", owner: "device", key, columns, keys: ["number", kind] };
}
