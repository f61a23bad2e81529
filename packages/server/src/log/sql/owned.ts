/**
 * Owned tables: which rows of a table are one account's, and how they are found. The account export (DS70), account
 * deletion (DS56) and the tests of both go by it, so that no table is forgotten.
 */
import type { AccountRef, KeyKind } from "../log.ts";
import type { Prepare } from "./prepared.ts";

/** How many rows, and how many bytes stand in them; a number counts as its digits. */
export type Sum = readonly [rows: number, bytes: number];

/**
 * How a table's rows are found: by the account, by each of its devices in turn (`rested`: and by the account below
 * zero, for what was of devices that went), or as messages that its devices still lack.
 */
export type OwnedTable = {
  readonly table: string;
  readonly by: "account" | "device" | "rested" | "packed" | "envelope";
  /** The column that holds the account or the device. */
  readonly owner: string;
  /** The column that orders rows within it. */
  readonly key: string;
  readonly columns: readonly string[];
  /** Of what the place of a row is made: the owner, if any, and `key`. */
  readonly keys: readonly KeyKind[];
  /** Where there may be so many rows that they are counted as they come. */
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
