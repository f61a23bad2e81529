/** Columns of pickers: which rows stand in each, and what a choice is told as (docs/spec/programs.md PR63). */
import { expect, test } from "bun:test";
import { columnLimits, fieldColumns, fieldsOf, fieldValue, listColumn, listColumns } from "./columns.ts";

const firstAndLast = ({ rows }: ReturnType<typeof fieldColumns>) => rows.map((column) => [column[0], column.at(-1)]);

test("[PR63] a date has the days of its month, and none before or after what the program allows", () => {
  const leap = fieldColumns("date", "2024-02-29", "", "", 3);
  expect(firstAndLast(leap)).toEqual([
    ["1900", "2100"],
    ["01", "12"],
    ["01", "29"],
  ]);
  expect(fieldValue("date", leap)).toBe("2024-02-29");
  // From the 29th of February one year further there is none.
  const [years = []] = leap.rows;
  const next = fieldColumns("date", fieldValue("date", { ...leap, chosen: [125, 1, 28] }), "", "", 3);
  expect([years[125], fieldValue("date", next)]).toEqual(["2025", "2025-02-28"]);
  const bounded = fieldColumns("date", "2026-11-30", "2026-11-12", "2027-01-05", 3);
  expect(firstAndLast(bounded)).toEqual([
    ["2026", "2027"],
    ["11", "12"],
    ["12", "30"],
  ]);
  const late = fieldColumns("date", "2031-05-09", "2026-11-12", "2027-01-05", 3);
  expect(fieldValue("date", late)).toBe("2027-01-05");
  expect(firstAndLast(late)[2]).toEqual(["01", "05"]);
  expect(fieldValue("date", fieldColumns("date", "2026-11-30", "", "", fieldsOf("month")))).toBe("2026-11");
  expect(fieldValue("date", fieldColumns("date", "2026", "", "", fieldsOf("year")))).toBe("2026");
  expect(fieldsOf("day")).toBe(3);
});

test("[PR63] a time has twenty-four hours and sixty minutes, or fewer where the program says so", () => {
  const any = fieldColumns("time", "08:30", "", "", 2);
  expect(firstAndLast(any)).toEqual([
    ["00", "23"],
    ["00", "59"],
  ]);
  expect(fieldValue("time", any)).toBe("08:30");
  const open = fieldColumns("time", "07:10", "09:15", "21:01", 2);
  expect(firstAndLast(open)).toEqual([
    ["09", "21"],
    ["15", "59"],
  ]);
  expect(fieldValue("time", open)).toBe("09:15");
});

test("[PR63] nothing that a program says makes more columns or rows than are drawn, or one without rows", () => {
  const wide = Array.from({ length: 9 }, () => Array.from({ length: 9_000 }, (_, at) => at));
  const { rows, chosen } = listColumns(wide, undefined, [7, -3, 1e9, "x", {}]);
  expect(rows.map(({ length }) => length)).toEqual(Array(columnLimits.columnsMax).fill(columnLimits.rowsMax));
  expect(chosen).toEqual([7, 0, columnLimits.rowsMax - 1, 0, 0]);
  expect(listColumn([{ name: "梨" }, { name: 2 }, "桃", null, {}], "name")).toEqual(["梨", "2", "桃", "", ""]);
  expect(listColumn("abc", undefined)).toEqual([]);
  for (const [start, end] of [
    ["2030-01-01", "2020-01-01"],
    ["9999-99-99", "0000-00-00"],
    ["", "x"],
    ["0001-01-01", "9999-12-31"],
  ] as const) {
    const columns = fieldColumns("date", "2026-02-31", start, end, 3);
    expect(columns.rows.every(({ length }) => length > 0 && length <= columnLimits.rowsMax)).toBe(true);
    expect(fieldValue("date", columns)).toMatch(/^\d{2,4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
  }
});
