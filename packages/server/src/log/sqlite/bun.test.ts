/** The SQLite log: the contract, and what concerns its file. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logContract } from "../bun-contract.ts";
import { LogFullError, LogOpenError } from "../log.ts";
import { openSqliteLog } from "./bun.ts";
import { migrate, versionOf } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-log-"));
let files = 0;
const path = () => join(folder, `${++files}.db`);
afterAll(() => rmSync(folder, { recursive: true }));

logContract("sqlite", () => {
  const file = path();
  return { log: openSqliteLog(file), again: () => openSqliteLog(file) };
});

test("[DS34] a newer database is refused and left as it is", () => {
  const file = path();
  openSqliteLog(file).close();
  const database = new Database(file);
  database.run(`PRAGMA user_version = ${migrations.length + 1}`);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  const before = readFileSync(file);
  expect(() => openSqliteLog(file)).toThrow(LogOpenError);
  expect(() => openSqliteLog(file)).toThrow("use a newer server");
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("[DS187] a database of before the first release is refused in a sentence, and left as it is", () => {
  const file = path();
  const database = new Database(file);
  for (const migration of migrations.slice(0, 7)) database.run(migration);
  database.run("ALTER TABLE devices RENAME COLUMN held TO kept");
  database.run("PRAGMA user_version = 7");
  database.close();
  const before = readFileSync(file);
  expect(() => openSqliteLog(file)).toThrow(LogOpenError);
  expect(() => openSqliteLog(file)).toThrow("made before version 1");
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("[DS112] what the server keeps is for its user alone, also in a folder that others read, and where it was not", () => {
  const open = join(folder, "open");
  mkdirSync(open, { mode: 0o755 });
  const file = join(open, "yanshu.db");
  const modes = () => readdirSync(open).map((name) => [name, statSync(join(open, name)).mode & 0o777] as const);
  const log = openSqliteLog(file);
  log.transaction(() => log.accounts.create(Uint8Array.of(1), Uint8Array.of(2)));
  expect(modes().length).toBe(3);
  expect(modes().filter(([, mode]) => mode !== 0o600)).toEqual([]);
  log.close();
  for (const [name] of modes()) chmodSync(join(open, name), 0o644);
  openSqliteLog(file).close();
  expect(modes().filter(([, mode]) => mode !== 0o600)).toEqual([]);
});

test("[DS34] an old database is migrated, step by step, and keeps what it holds", () => {
  const file = path();
  const log = openSqliteLog(file);
  log.transaction(() => log.accounts.create(Uint8Array.of(1), Uint8Array.of(2)));
  log.close();
  const database = new Database(file);
  const later = [
    ...migrations,
    "ALTER TABLE accounts ADD COLUMN later INTEGER NOT NULL DEFAULT 5",
    "CREATE TABLE last (x)",
  ];
  migrate(database, later);
  expect(database.query("SELECT id, later FROM accounts").get()).toEqual({ id: Uint8Array.of(1), later: 5 });
  expect(versionOf(database)).toBe(later.length);
  database.close();
});

test("[DS34] a migration that fails leaves the version before it", () => {
  const database = new Database(":memory:");
  const broken = [...migrations, "CREATE TABLE half (x); CREATE TABLE half (x)"];
  expect(() => migrate(database, broken)).toThrow();
  expect(versionOf(database)).toBe(migrations.length);
  expect(database.query("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeNull();
});

test("[DS34] another program's database and a file that is none are refused and left as they are", () => {
  const foreign = path();
  const database = new Database(foreign);
  database.run("CREATE TABLE theirs (x)");
  database.close();
  expect(() => openSqliteLog(foreign)).toThrow("another program");
  const noise = path();
  writeFileSync(noise, "not a database, but long enough to look at: ".repeat(40));
  const before = readFileSync(noise);
  expect(() => openSqliteLog(noise)).toThrow(LogOpenError);
  expect(readFileSync(noise).equals(before)).toBe(true);
});

test("[DS31] a full disk throws LogFullError, changes nothing, and room helps", () => {
  const log = openSqliteLog(path(), { pagesMax: 110 });
  const device = log.transaction(() =>
    log.accounts.addDevice(
      log.accounts.create(new Uint8Array(32), new Uint8Array(1)),
      new Uint8Array(32),
      new Uint8Array(32),
    ),
  );
  const frame = new Uint8Array(20_000);
  let stored = 0;
  expect(() => {
    for (;;) {
      log.transaction(() => log.delivery.put(stored + 1, frame, [], [device]));
      stored++;
    }
  }).toThrow(LogFullError);
  expect(stored).toBeGreaterThan(0);
  expect(log.delivery.queueLength(device)).toBe(stored);
  log.transaction(() => log.delivery.ack(device, 1, 2));
  log.transaction(() => log.delivery.put(stored + 1, frame, [], [device]));
  expect(log.delivery.queueLength(device)).toBe(stored - 1);
});

test("[DS32] an acknowledged envelope and its recipients are overwritten on disk", () => {
  const file = path();
  const log = openSqliteLog(file);
  const canary = crypto.getRandomValues(new Uint8Array(24));
  const account = log.transaction(() => log.accounts.create(new Uint8Array(32), new Uint8Array(1)));
  const device = log.transaction(() => log.accounts.addDevice(account, new Uint8Array(32), new Uint8Array(32)));
  log.transaction(() => log.delivery.put(1, canary, [device], []));
  const everywhere = () => Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
  expect(everywhere().includes(canary)).toBe(true);
  log.transaction(() => log.delivery.finishPacked(1, 1));
  log.tidy();
  expect(everywhere().includes(canary)).toBe(false);
});
