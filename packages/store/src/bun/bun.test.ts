/**
 * The contract on bun:sqlite, on disk and in memory, and what only this adapter does: surviving a
 * process that is killed, snapshots.
 */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseContract } from "../index.ts";
import { openBunDatabase, openBunSnapshot, snapshotBunDatabase } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function newPath(): string {
  return join(folder, `${files++}.db`);
}

describe("bun:sqlite on disk", () => {
  for (const { title, run } of databaseContract) {
    const path = newPath();
    test(title, () => run({ open: async () => openBunDatabase(path) }));
  }
});

describe("bun:sqlite in memory", () => {
  for (const { title, run } of databaseContract.filter(({ needsDisk }) => !needsDisk)) {
    test(title, () => run({ open: async () => openBunDatabase(":memory:") }));
  }
});

test("[ST5] what a killed process had committed is there, and nothing half", async () => {
  const path = newPath();
  const script = `
    import { openBunDatabase } from ${JSON.stringify(join(import.meta.dir, "index.ts"))};
    const db = openBunDatabase(${JSON.stringify(path)});
    db.script("CREATE TABLE pair (a INTEGER NOT NULL) STRICT");
    for (let n = 0; ; n++) {
      db.transaction(() => { db.run("INSERT INTO pair VALUES (?)", n); db.run("INSERT INTO pair VALUES (?)", n); });
      process.stdout.write(n + "\\n");
    }`;
  const writer = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  let said = "";
  for await (const chunk of writer.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (said.split("\n").length > 200) break;
  }
  writer.kill("SIGKILL");
  await writer.exited;
  const lastSaid = Number(said.split("\n").at(-2));
  const db = openBunDatabase(path);
  const row = db.get<{ rows: number; last: number }>("SELECT count(*) AS rows, max(a) AS last FROM pair");
  db.close();
  expect(row?.last).toBeGreaterThanOrEqual(lastSaid);
  expect(row?.rows).toBe(((row?.last ?? 0) + 1) * 2);
});

test("[ST13] a snapshot holds what was committed, and is a database of its own", () => {
  for (const path of [newPath(), ":memory:"]) {
    const db = openBunDatabase(path);
    db.script("CREATE TABLE n (n INTEGER NOT NULL) STRICT; INSERT INTO n VALUES (1); PRAGMA user_version = 4;");
    const snapshot = snapshotBunDatabase(db);
    db.run("INSERT INTO n VALUES (2)");
    const [one, other] = [openBunSnapshot(snapshot), openBunSnapshot(snapshot)];
    one.run("INSERT INTO n VALUES (3)");
    expect(one.all("SELECT n FROM n").map((row) => row["n"])).toEqual([1, 3]);
    expect(other.all("SELECT n FROM n").map((row) => row["n"])).toEqual([1]);
    expect(other.get("PRAGMA user_version")).toEqual({ user_version: 4 });
    expect(openBunSnapshot(snapshotBunDatabase(one)).all("SELECT n FROM n")).toHaveLength(2);
    expect(() => db.transaction(() => snapshotBunDatabase(db))).toThrow("between transactions");
  }
});

test("[ST13] an empty database is a snapshot too", () => {
  const db = openBunSnapshot(snapshotBunDatabase(openBunDatabase(":memory:")));
  db.script("CREATE TABLE n (n INTEGER NOT NULL) STRICT");
  expect(db.run("INSERT INTO n VALUES (1)")).toBe(1);
});

test("[ST13] bytes that are no database are refused", () => {
  expect(() => openBunSnapshot(new Uint8Array(4096).fill(7))).toThrow();
});
