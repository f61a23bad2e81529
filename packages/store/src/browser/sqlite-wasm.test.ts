/** What only the C functions of sqlite-wasm tell of a statement; the contract itself runs in a browser (e2e). */
import { expect, test } from "bun:test";
import { databaseOver } from "../database-over.ts";
import { connectionOf, loadSqlite } from "./sqlite-wasm.ts";

test("[ST3] a statement that sorts or limits is planned once, whatever its parameters are", async () => {
  const sqlite3 = await loadSqlite();
  const { sqlite3_next_stmt, sqlite3_stmt_status, SQLITE_STMTSTATUS_REPREPARE } = sqlite3.capi;
  const native = new sqlite3.oo1.DB(":memory:");
  const db = databaseOver(connectionOf(sqlite3, native, () => undefined));
  db.script("CREATE TABLE message (id INTEGER PRIMARY KEY, chat BLOB NOT NULL, place INTEGER NOT NULL) STRICT");
  for (const n of [1, 2, 3]) {
    const chat = Uint8Array.of(n);
    const sql =
      "INSERT INTO message (chat, place) VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM message WHERE chat = ?1))";
    db.run(sql, chat);
    expect(db.get("SELECT id, place FROM message WHERE chat = ? ORDER BY place", chat)).toEqual({ id: n, place: 1 });
    expect(db.all("SELECT id FROM message WHERE id > ? LIMIT ?", 0, n)).toHaveLength(n);
  }
  const planned: number[] = [];
  for (let at = sqlite3_next_stmt(native, 0); at; at = sqlite3_next_stmt(native, at))
    planned.push(sqlite3_stmt_status(at, SQLITE_STMTSTATUS_REPREPARE, 0));
  expect(planned).toEqual([0, 0, 0]);
  db.close();
});
