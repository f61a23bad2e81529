import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import { type Mark, migrate, migrations, readAllMarks, readMarks, writeMark } from "./index.ts";

const bytes = (value: number, length: number) => new Uint8Array(length).fill(value);

test("[RO17] a mark of a kind that no list of the store names is kept, read by its kind, and the later one holds", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const [conversation, author, id, by] = [bytes(1, 32), bytes(2, 32), bytes(3, 16), bytes(4, 32)] as const;
  const applause = (loud: number, stamp_ms: number): Mark => ({
    kind: "applause",
    by,
    key: "",
    value: bytes(loud, 1),
    stamp_ms,
  });
  const write = (mark: Mark) => writeMark(db, conversation, author, id, mark);
  expect(write(applause(2, 20))).toBe(true);
  expect(write(applause(1, 10))).toBe(false);
  expect(write(applause(3, 30))).toBe(true);
  expect(write({ ...applause(1, 5), kind: "reaction", key: "heart" })).toBe(true);
  expect(readMarks(db, conversation, author, id, "applause")).toEqual([applause(3, 30)]);
  expect(readAllMarks(db, conversation, author, id)).toHaveLength(2);
});
