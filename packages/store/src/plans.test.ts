/**
 * Which way SQLite takes (docs/spec/store.md ST3): a plan knows no parameter, so what an index is partial by is written
 * out.
 */
import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import {
  type Database,
  migrate,
  migrations,
  pinMarks,
  readCalls,
  readChannelBlankPacks,
  readChannelBlanks,
  readOldToldLives,
  readToldLives,
} from "./index.ts";

test("[ST3] the pins of a chat, and Lives that were told late, are found by their own index, among any number of marks", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const asked: string[] = [];
  const all: Database["all"] = (sql, ...params) => {
    asked.push(sql);
    return db.all(sql, ...params);
  };
  expect(pinMarks({ ...db, all }, new Uint8Array(32))).toEqual([]);
  expect(readToldLives({ ...db, all }, new Uint8Array(32) as never, 3)).toEqual([]);
  expect(readOldToldLives({ ...db, all }, 7, 3)).toEqual([]);
  const plans = asked.flatMap((sql) =>
    db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, new Uint8Array(32), ...(sql.includes("LIMIT") ? [3] : [])),
  );
  expect(plans.map(({ detail }) => detail)).toContainEqual(expect.stringContaining("USING INDEX pins"));
  expect(plans.map(({ detail }) => detail)).toContainEqual(
    expect.stringContaining("SEARCH marks USING INDEX marks_lives (conversation=?)"),
  );
  expect(plans.map(({ detail }) => detail)).toContainEqual(
    expect.stringContaining("SCAN marks USING INDEX marks_lives"),
  );
  db.close();
});

test("[ST3] calls are found by their own index, among any number of messages", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const plans: string[] = [];
  const plan = (sql: string, params: readonly unknown[]) => {
    for (const { detail } of db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...(params as never[])))
      plans.push(detail);
  };
  const watched: Database = {
    ...db,
    all: (sql, ...params) => {
      plan(sql, params);
      return db.all(sql, ...params);
    },
  };
  expect(readCalls(watched)).toEqual([]);
  expect(plans.length).toBeGreaterThanOrEqual(1);
  expect(plans[0]).toContain("USING INDEX messages_calls");
  db.close();
});

test("[ST3] empty places of a pack are found by their own index, among any number of entries", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const plans: string[] = [];
  const all: Database["all"] = (sql, ...params) => {
    for (const { detail } of db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params)) plans.push(detail);
    return db.all(sql, ...params);
  };
  expect([readChannelBlanks({ ...db, all }, 7, 3), readChannelBlankPacks({ ...db, all })]).toEqual([[], []]);
  expect(plans).toEqual([
    "SEARCH channel_entries USING INDEX channel_entries_gone (pack=?)",
    "SCAN channel_entries USING COVERING INDEX channel_entries_gone",
  ]);
  db.close();
});
