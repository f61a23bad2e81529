/** Rows of an account on the wire: cells are what SQLite keeps, and a place is a table, a key and an offset. */
import { expect, test } from "bun:test";
import { MalformedError } from "../bytes.ts";
import { decodePlace, decodeRow, encodePlace, encodeRow, type Row } from "./export.ts";

test("[DS70] a row comes out as it went in; what is no cell, and what is no place, is refused", () => {
  const row: Row = [null, -7, "words", Uint8Array.of(1, 2)];
  expect(decodeRow(encodeRow(row))).toEqual(row);
  for (const cell of [1.5, -0, "\ud800", true, [1]]) expect(() => encodeRow([cell] as never)).toThrow(MalformedError);
  const place = { table: "messages", after: row, at: 3 };
  expect(decodePlace(encodePlace(place))).toEqual(place);
  for (const wrong of [[], ["messages"], [3, "messages"], ["messages", -1]] as const)
    expect(() => decodePlace(encodeRow(wrong))).toThrow(MalformedError);
});
