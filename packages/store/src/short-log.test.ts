/** What a thief of the files finds in the write-ahead log (docs/spec/store.md ST45). */
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utf8 } from "@yanshu/wire";
import { openBunDatabase } from "./bun/index.ts";
import { type Database, migrate, migrations, withShortLog } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Timers that a test lets run out. */
function timers() {
  let waiting: { atMs: number; run: () => void }[] = [];
  let nowMs = 0;
  return {
    after: (ms: number, run: () => void) => waiting.push({ atMs: nowMs + ms, run }),
    count: () => waiting.length,
    pass: (ms: number) => {
      for (const untilMs = nowMs + ms; ; ) {
        const next = waiting.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined || next.atMs > untilMs) {
          nowMs = untilMs;
          return;
        }
        nowMs = next.atMs;
        waiting = waiting.filter((one) => one !== next);
        next.run();
      }
    },
  };
}

function made(name: string) {
  const path = join(folder, `${name}.db`);
  const bare = openBunDatabase(path);
  migrate(bare, migrations);
  bare.script("PRAGMA foreign_keys = OFF"); // A bare row is enough here.
  const clock = timers();
  const { db, stop } = withShortLog(bare, clock.after);
  const holds = (bytes: Uint8Array) =>
    [path, `${path}-wal`].map((file) => existsSync(file) && readFileSync(file).includes(bytes));
  return { db, stop, clock, holds };
}

const group = new Uint8Array(32).fill(1);
const secret = (value: number) => new Uint8Array(32).fill(value);

function ratchet(db: Database, value: number): void {
  db.transaction(() =>
    db.run("INSERT OR REPLACE INTO ratchets (group_id, leaf, bytes) VALUES (?, 0, ?)", group, secret(value)),
  );
}

test("[ST45] an overwritten ratchet and a deleted word are in no file, a moment after the last change", () => {
  const { db, clock, holds } = made("quiet");
  const word = utf8("a message that will be recalled 7f3a9c");
  ratchet(db, 0xa1);
  db.run("INSERT INTO meta (key, value) VALUES ('draft', ?)", word);
  db.run("DELETE FROM meta WHERE key = 'draft'");
  ratchet(db, 0xa2);
  expect([holds(secret(0xa1))[1], holds(word)[1]]).toEqual([true, true]); // What is looked for is found.
  clock.pass(4_000);
  expect([holds(secret(0xa1)), holds(word)]).toEqual([
    [false, false],
    [false, false],
  ]);
  expect(holds(secret(0xa2))).toEqual([true, false]);
  db.close();
});

test("[ST45] where changes never end, the log is emptied once a minute; where nothing changes, no timer runs", () => {
  const { db, clock, holds } = made("busy");
  ratchet(db, 0xb1);
  for (let second = 0; second < 64; second++) {
    clock.pass(1_000);
    ratchet(db, 0xc0 + (second % 8));
  }
  expect(holds(secret(0xb1))).toEqual([false, false]);
  clock.pass(10_000);
  expect(clock.count()).toBe(0);
  db.get("SELECT count(*) FROM ratchets");
  expect(clock.count()).toBe(0);
  db.close();
});

test("[ST45] a log that another process reads is emptied once it has read; one that was stopped is let be", () => {
  const { db, stop, clock, holds } = made("read");
  ratchet(db, 0xd1);
  ratchet(db, 0xd2);
  const reader = openBunDatabase(join(folder, "read.db"));
  db.script("PRAGMA busy_timeout = 0");
  reader.script("BEGIN; SELECT count(*) FROM ratchets");
  clock.pass(4_000);
  expect(holds(secret(0xd1))[1]).toBe(true);
  reader.script("COMMIT");
  clock.pass(4_000);
  expect(holds(secret(0xd1))).toEqual([false, false]);
  reader.close();
  ratchet(db, 0xd3);
  stop();
  db.close();
  clock.pass(10_000);
  expect(clock.count()).toBe(0);
});

test("[ST45] a database without a log has none to empty", () => {
  const clock = timers();
  const { db } = withShortLog(openBunDatabase(":memory:"), clock.after);
  db.script("CREATE TABLE word (word TEXT) STRICT");
  expect(clock.count()).toBe(0);
  db.close();
});
