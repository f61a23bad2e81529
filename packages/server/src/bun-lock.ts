/**
 * Lock: one server over a data folder at a time (docs/spec/delivery.md DS111). The system holds it for a process and
 * lets go of it with the process, however that ends: SQLite's own lock on an empty file, which works on every system
 * and between containers of one machine.
 */
import { Database } from "bun:sqlite";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OptionError } from "./options.ts";

const lockFile = "server.lock";
/** Who has it, for people to read; the lock itself is the system's. */
const pidFile = "server.pid";
/** A server that is just ending lets go within this. */
const waitMs = 1_000;

/** For as long as they are held: a database that nobody refers to is closed. */
const held = new Set<Database>();

/**
 * @returns lets go of it.
 * @throws OptionError when a server runs over the folder.
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

/** The process that serves the folder: its number, 0 where it is not known, undefined where there is none. */
export function holderOf(folder: string): number | undefined {
  const database = locked(folder, 0);
  database?.close(false);
  return database === undefined ? (pidIn(folder) ?? 0) : undefined;
}

/** @throws what keeps the file from being opened. */
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

/** A full disk keeps nobody from serving. */
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
