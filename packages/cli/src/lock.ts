/**
 * Lock: one process per data folder. Two clients on one database would each advance the same ratchet and use a key
 * twice. SQLite's file lock is used, because the system releases it however the process ends.
 */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { Fault } from "./fault.ts";

/** Returns a function that releases the lock. @throws Fault when another process holds the folder. */
export function lockFolder(folder: string): () => void {
  const database = new Database(join(folder, "lock"), { create: true, readwrite: true });
  try {
    database.exec("PRAGMA busy_timeout = 0");
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { code?: unknown }).code === "SQLITE_BUSY") throw new Fault("fault.inUse", { folder });
    throw error;
  }
  return () => database.close();
}
