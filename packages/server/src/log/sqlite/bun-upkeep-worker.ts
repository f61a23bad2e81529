/**
 * The thread that checks or remakes the database's file on its own connection, while the server goes on
 * (docs/spec/delivery.md DS116, DS117, DS196, DS198).
 */
import { Database } from "bun:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { dropHalfMade, remakeTables } from "./bun-remake.ts";
import type { UpkeepAnswer, UpkeepTask } from "./bun-upkeep.ts";

const { path, kind, only, pagesMax, roomBytes } = workerData as UpkeepTask;

function done(): UpkeepAnswer {
  let database: Database | undefined;
  try {
    database = new Database(path, { readwrite: true, create: false });
    for (const pragma of pragmas) database.run(`PRAGMA ${pragma}`);
    if (pagesMax !== undefined) database.run(`PRAGMA max_page_count = ${pagesMax}`);
    if (kind === "check") return { kind: "done", found: faultsIn(database) };
    return { kind: "done", found: remake(database) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    return { kind: "failed", code: typeof code === "string" ? code : "unknown" };
  } finally {
    database?.close(false);
  }
}

function remake(database: Database): number {
  const rest = (ms: number) => Bun.sleepSync(ms);
  try {
    return remakeTables(database, rest, only, roomBytes);
  } catch (error) {
    try {
      dropHalfMade(database, rest);
    } catch {
      // The next run begins with that.
    }
    throw error;
  }
}

/** `synchronous` is NORMAL: if a power failure loses steps of a remake, they are done again. */
const pragmas = [
  "busy_timeout = 10000",
  "synchronous = NORMAL",
  "secure_delete = ON",
  "wal_autocheckpoint = 0",
  "temp_store = FILE",
  "cache_size = -8192",
];

/** The number of errors that SQLite finds, at most 100. */
function faultsIn(database: Database): number {
  const found = database.query("PRAGMA quick_check(100)").values().flat();
  return found.length === 1 && found[0] === "ok" ? 0 : found.length;
}

parentPort?.postMessage(done());
