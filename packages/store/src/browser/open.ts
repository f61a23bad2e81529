/**
 * Database in a browser's worker: sqlite-wasm on the origin's private file system, in a pool of
 * synchronous handles that one worker at a time can hold (docs/spec/store.md ST9). Where a browser
 * gives no such files (some private windows), the database stands in memory and says so.
 */
import type { Database as NativeDatabase, SAHPoolUtil, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import type { Database } from "../database.ts";
import { connectionPragmas, databaseOver } from "../database-over.ts";
import { directoryOf, removeFiles } from "./files.ts";
import { sealPool } from "./sealed-files.ts";
import { connectionOf, loadSqlite } from "./sqlite-wasm.ts";

export type BrowserDatabase = {
  readonly db: Database;
  /** False: what is written is gone when the last tab closes. The person must be told. */
  readonly persistent: boolean;
};

/** Another worker holds the files. They are whole; only not to be had at this moment. */
export class DatabaseBusyError extends Error {
  override readonly name = "DatabaseBusyError";

  constructor() {
    super("another tab holds the database");
  }
}

/** The browser lets go of a dead tab's files a little after its lock; measured well under a second. */
const busyMsMax = 5_000;
const retryMs = 50;

/**
 * Opens the database `name` of this origin; runs in a dedicated worker alone.
 *
 * @param key its files are sealed under it (docs/spec/store.md ST30): always the same for a name.
 * @throws DatabaseBusyError when another worker holds it and does not let go.
 */
export async function openBrowserDatabase(name: string, key?: Uint8Array): Promise<BrowserDatabase> {
  const held = await holdNative(name, key);
  if (held !== undefined) return { db: wrap(held), persistent: true };
  const sqlite3 = await loadSqlite();
  const native = new sqlite3.oo1.DB(":memory:");
  return { db: wrap({ sqlite3, native, released: () => undefined }), persistent: false };
}

type Held = { readonly sqlite3: Sqlite3Static; readonly native: NativeDatabase; readonly released: () => void };

/** Undefined where this browser gives no files. */
async function holdNative(name: string, key: Uint8Array | undefined): Promise<Held | undefined> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw new Error("a database's name is 1 to 64 of A-Z a-z 0-9 _ -");
  const sqlite3 = await loadSqlite();
  const pool = await takePool(sqlite3, name);
  if (pool === undefined) return undefined;
  try {
    if (key !== undefined && !sealed.has(pool)) sealPool(sqlite3, pool.vfsName, key);
    if (key !== undefined) sealed.add(pool);
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

/** Its files go, whatever is in them. No other worker may hold them. */
export async function dropBrowserDatabase(name: string): Promise<void> {
  await forgetPool(directoryOf(name));
  await removeFiles(name);
}

/** Lets go of handles, also of files that are gone. */
async function forgetPool(directory: string): Promise<void> {
  const pool = pools.get(directory);
  pools.delete(directory);
  await pool?.removeVfs();
}

/** The bare connection, for copying it whole. */
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
/** Those whose files are sealed already. */
const sealed = new WeakSet<SAHPoolUtil>();

/** The pool with its files held, or undefined where this browser has none and never had. */
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
        // A database that exists is never passed over for an empty one: that would be a lost account.
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
      await forgetPool(directory); // Its folder was removed meanwhile.
    }
  }
  const options = {
    name: directory,
    directory: `/${directory}`,
    initialCapacity: 6,
    // By default the library answers a start that fails, as at a disk error, by deleting the pool.
    preserveOnInitFailure: true,
    forceReinitIfPreviouslyFailed: true, // By default it repeats the first failure for ever.
  };
  const pool = await sqlite3.installOpfsSAHPoolVfs(options);
  pools.set(directory, pool);
  return pool;
}

/** Whether the database may be in this browser: it is there, it could be made, or files cannot be had. */
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
