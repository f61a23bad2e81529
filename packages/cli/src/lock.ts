/**
 * Lock: one process a data folder. Two clients on one database would each hold a ratchet of their
 * own and use a key twice. SQLite's own file lock is taken, because the system lets go of it
 * whatever ends the process.
 */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import { Fault } from "./fault.ts";

/** @throws Fault when another process holds the folder. Returns what lets it go. */
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
