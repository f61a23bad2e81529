/**
 * Database in a browser's worker: sqlite-wasm on the origin's private file system, in a pool of synchronous handles
 * that one worker can hold at a time (docs/spec/store.md ST9). Without that file system (in some private windows) the
 * database is in memory, and `persistent` is false.
 */
import type { Database as NativeDatabase, SAHPoolUtil, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import type { Database } from "../database.ts";
import { connectionPragmas, databaseOver } from "../database-over.ts";
import { directoryOf, removeFiles } from "./files.ts";
import { gatherLogs } from "./gathered-log.ts";
import { sealPool } from "./sealed-files.ts";
import { connectionOf, loadSqlite } from "./sqlite-wasm.ts";

export type BrowserDatabase = {
  readonly db: Database;
  /** False: the data is gone when the last tab closes. The app must tell the person. */
  readonly persistent: boolean;
};

/** Another worker holds the files. They are intact. */
export class DatabaseBusyError extends Error {
  override readonly name = "DatabaseBusyError";

  constructor() {
    super("another tab holds the database");
  }
}

/** The browser releases a closed tab's files a little after its lock; measured well under a second. */
const busyMsMax = 5_000;
const retryMs = 50;

/**
 * Opens the database `name` of this origin; runs in a dedicated worker alone.
 *
 * @param key encrypts the files (docs/spec/store.md ST30); always the same for one name.
 * @throws DatabaseBusyError when another worker holds the files for more than five seconds.
 */
export async function openBrowserDatabase(name: string, key?: Uint8Array): Promise<BrowserDatabase> {
  const held = await holdNative(name, key);
  if (held !== undefined) return { db: wrap(held), persistent: true };
  const sqlite3 = await loadSqlite();
  const native = new sqlite3.oo1.DB(":memory:");
  return { db: wrap({ sqlite3, native, released: () => undefined }), persistent: false };
}

type Held = { readonly sqlite3: Sqlite3Static; readonly native: NativeDatabase; readonly released: () => void };

/** Returns undefined in a browser without a private file system. */
async function holdNative(name: string, key: Uint8Array | undefined): Promise<Held | undefined> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw new Error("a database's name is 1 to 64 of A-Z a-z 0-9 _ -");
  const sqlite3 = await loadSqlite();
  const pool = await takePool(sqlite3, name);
  if (pool === undefined) return undefined;
  try {
    if (!layered.has(pool)) {
      if (key !== undefined) sealPool(sqlite3, pool.vfsName, key);
      gatherLogs(sqlite3, pool.vfsName);
      layered.add(pool);
    }
    const native = new pool.OpfsSAHPoolDb("/main.db");
    // No shared memory here, so a WAL can be opened by an exclusive connection only; and the mode
    // must be set before anything reads the file, or a WAL left behind cannot be opened at all.
    native.exec("PRAGMA locking_mode = EXCLUSIVE");
    return { sqlite3, native, released: () => pool.pauseVfs() };
  } catch (error) {
    pool.pauseVfs();
    throw error;
  }
}

/** Removes the files without overwriting them. No other worker may hold them. */
export async function dropBrowserDatabase(name: string): Promise<void> {
  await forgetPool(directoryOf(name));
  await removeFiles(name);
}

/** Releases the file handles, also those of removed files. */
async function forgetPool(directory: string): Promise<void> {
  const pool = pools.get(directory);
  pools.delete(directory);
  await pool?.removeVfs();
}

/** The native connection, for copying the whole database. */
export async function holdDatabase(name: string, key: Uint8Array | undefined) {
  const held = await holdNative(name, key);
  if (held === undefined) throw new Error("this browser gives no files");
  const { sqlite3, native, released } = held;
  const release = () => {
    native.close();
    released();
  };
  return { sqlite3, native, release };
}

function wrap({ sqlite3, native, released }: Held): Database {
  try {
    native.exec(connectionPragmas);
  } catch (error) {
    native.close();
    released();
    throw error;
  }
  return databaseOver(connectionOf(sqlite3, native, released));
}

const pools = new Map<string, SAHPoolUtil>();
/** Pools that have their layers already: a key is always the same for one name. */
const layered = new WeakSet<SAHPoolUtil>();

/** Returns the pool with its files held, or undefined if the browser has no files and never had any for this name. */
async function takePool(sqlite3: Sqlite3Static, name: string): Promise<SAHPoolUtil | undefined> {
  const directory = directoryOf(name);
  const place = await lookFor(directory);
  if (place === "none") return undefined;
  const deadlineMs = performance.now() + busyMsMax;
  for (;;) {
    try {
      return await holdPool(sqlite3, directory);
    } catch (error) {
      if (!isBusy(error)) {
        // An existing database is never replaced by an empty one, because the account would be lost.
        if (place === "new") return undefined;
        throw error;
      }
      if (performance.now() > deadlineMs) throw new DatabaseBusyError();
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

async function holdPool(sqlite3: Sqlite3Static, directory: string): Promise<SAHPoolUtil> {
  const held = pools.get(directory);
  if (held !== undefined) {
    if (!held.isPaused()) throw new DatabaseBusyError(); // Open in this very worker.
    try {
      await held.unpauseVfs();
      return held;
    } catch (error) {
      if (isBusy(error)) throw error;
      await forgetPool(directory); // The folder has been removed since.
    }
  }
  const options = {
    name: directory,
    directory: `/${directory}`,
    initialCapacity: 6,
    // By default the library deletes the pool if a start fails, for example by a disk error.
    preserveOnInitFailure: true,
    forceReinitIfPreviouslyFailed: true, // By default it repeats the first failure for ever.
  };
  const pool = await sqlite3.installOpfsSAHPoolVfs(options);
  pools.set(directory, pool);
  return pool;
}

/** Whether the database exists ("there"), could be made ("new"), or the browser has no files ("none"). */
async function lookFor(directory: string): Promise<"there" | "new" | "none"> {
  let root: FileSystemDirectoryHandle;
  try {
    root = await navigator.storage.getDirectory();
  } catch {
    return "none";
  }
  try {
    await root.getDirectoryHandle(directory);
    return "there";
  } catch {
    return "new";
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof DatabaseBusyError || (error instanceof DOMException && error.name === "NoModificationAllowedError")
  );
}
