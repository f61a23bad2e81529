/** Rows that features add, sorted by `order`. */
import type { JSX } from "preact";
import type { Row, SettingRow } from "../feature.ts";
import { inMe } from "./features.ts";

export function rowsOf(rows: readonly Row[]): readonly JSX.Element[] {
  return rows.toSorted((one, other) => one.order - other.order).map(({ order, row: RowOf }) => <RowOf key={order} />);
}

/** The rows of one group of the settings, or of the page of privacy. */
export function rowsIn(group: SettingRow["group"]): readonly JSX.Element[] {
  return rowsOf(inMe().flatMap(({ settings }) => settings?.filter((row) => row.group === group) ?? []));
}
