/** What goes from a device's file when another account is going to live there (docs/spec/identity.md ID21). */
import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import { forgetEverybody, migrate, migrations } from "./index.ts";

/** Counts without a name, and what the search index keeps of itself: triggers empty it with the messages. */
const kept = /^(diagnostics|sqlite_.*|message_words.*|unindexed|unforgotten)$/;

test("[ID21] nothing of the former account stays: each table that holds something of it is emptied", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const tables = db
    .all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .map(({ name }) => name);
  const said: string[] = [];
  const told = { ...db, script: (sql: string) => said.push(sql), run: (sql: string) => said.push(sql) };
  forgetEverybody(told as unknown as typeof db, new Uint8Array(32));
  const emptied = new Set([...said.join(";").matchAll(/DELETE FROM (\w+)/g)].map(([, table]) => table));
  expect(tables.filter((table) => !kept.test(table) && !emptied.has(table))).toEqual([]);
});
