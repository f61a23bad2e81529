/**
 * Lock of the data folder: one server at a time runs over a folder (docs/spec/delivery.md DS111). It is SQLite's own
 * lock on an empty file. The operating system frees it when the process ends, also after a crash. It works on every
 * system, and between containers of one machine.
 */
import { Database } from "bun:sqlite";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OptionError } from "./options.ts";

const lockFile = "server.lock";
/** Holds the number of the process that has the lock, for people to read. It locks nothing. */
const pidFile = "server.pid";
/** How long a start waits for a server that is just ending. */
const waitMs = 1_000;

/** The locks that this process holds. Without a reference the database would be collected, and the lock lost. */
const held = new Set<Database>();

/**
 * Takes the lock of a folder, and writes this process's number beside it.
 *
 * @returns a function that frees the lock.
 * @throws OptionError when a server runs over the folder already.
 */
export function lockFolder(folder: string): () => void {
  const database = locked(folder, waitMs);
  if (database === undefined)
    throw new OptionError(
      `a server runs over ${folder} already${holderSaid(folder)}: stop it first, or choose another folder, see --data`,
    );
  held.add(database);
  writePid(folder);
  return () => {
    if (!held.delete(database)) return;
    rmSync(join(folder, pidFile), { force: true });
    database.close(false);
  };
}

/**
 * The number of the process that serves the folder: 0 when the number is not known, undefined when no process does.
 *
 * @throws Error when the lock file cannot be opened.
 */
export function holderOf(folder: string): number | undefined {
  const database = locked(folder, 0);
  database?.close(false);
  return database === undefined ? (pidIn(folder) ?? 0) : undefined;
}

/**
 * Takes SQLite's exclusive lock on the lock file. Undefined when another process has it.
 *
 * @throws Error when the file cannot be opened.
 */
function locked(folder: string, timeoutMs: number): Database | undefined {
  const path = join(folder, lockFile);
  writeFileSync(path, "", { flag: "a", mode: 0o600 });
  const database = new Database(path, { readwrite: true, create: false });
  try {
    database.run(`PRAGMA busy_timeout = ${timeoutMs}`);
    database.run("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close(false);
    if ((error as { code?: unknown }).code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}

/** A write that fails is ignored: a server starts also while its disk is full. */
function writePid(folder: string): void {
  const path = join(folder, pidFile);
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
    chmodSync(path, 0o600);
  } catch {
    rmSync(path, { force: true });
  }
}

function pidIn(folder: string): number | undefined {
  try {
    const found = Number(readFileSync(join(folder, pidFile), "utf8").trim());
    return Number.isSafeInteger(found) && found > 0 ? found : undefined;
  } catch {
    return undefined;
  }
}

function holderSaid(folder: string): string {
  const pid = pidIn(folder);
  return pid === undefined ? "" : ` (process ${pid})`;
}
