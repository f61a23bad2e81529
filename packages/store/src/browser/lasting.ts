/**
 * Lasting: a browser's database that is noticed to be gone or unreadable (docs/spec/store.md ST41, ST43), at opening and in
 * the midst of work. What of it cannot be read is dropped once whoever opens it can do without, and never before.
 */
import type { Database } from "../database.ts";
import { readError, StorageError } from "../storage-error.ts";
import { type BrowserDatabase, dropBrowserDatabase, isDatabaseGone, openBrowserDatabase } from "./open.ts";

export type LastingOptions = {
  /** As for opening: its files are sealed under it. */
  readonly key?: Uint8Array | undefined;
  /** Whether what is lost can be put back: else an unreadable database stays, and is an error. */
  readonly mayLose: () => Promise<boolean>;
  /** Once, when it is gone. What is asked of the database after that fails, or reaches nothing that lasts. */
  readonly lost: () => void;
};

/** No second try reads what these say is broken. */
const brokenCodes: ReadonlySet<string> = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);
/** A browser that removes files under a worker says nothing: it is looked at now and then. */
const lookMs = 5_000;
/** Found gone or broken in the midst of work: though a start reads well, they are not opened again. */
const condemned = new Set<string>();

/** @throws as `openBrowserDatabase`, and what SQLite says of a broken one that may not be lost. */
export async function openLastingDatabase(name: string, options: LastingOptions): Promise<BrowserDatabase> {
  const opened = await openWhole(name, options);
  if (!opened.persistent) return opened;
  let isOver = false;
  const timer = setInterval(() => void look(), lookMs);

  function over(isLost: boolean): void {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    if (!isLost) return;
    condemned.add(name); // Whatever holds its files lets go of them.
    options.lost();
  }

  async function look(): Promise<void> {
    if ((await isDatabaseGone(name)) && (await options.mayLose())) over(true);
  }

  async function broken(): Promise<void> {
    if (!isOver && (await options.mayLose())) over(true);
  }

  const noticed = (error: unknown) => {
    if (!(error instanceof StorageError)) return;
    if (isBroken(error)) condemned.add(name);
    void (isBroken(error) ? broken() : look());
  };
  return { ...opened, db: noticing(opened.db, noticed, () => over(false)) };
}

async function openWhole(name: string, { key, mayLose }: LastingOptions): Promise<BrowserDatabase> {
  try {
    if (condemned.delete(name) && (await mayLose())) await dropBrowserDatabase(name);
    const opened = await openBrowserDatabase(name, key);
    readAll(opened.db);
    return opened;
  } catch (error) {
    if (!isBroken(error) || !(await mayLose())) throw error;
    await dropBrowserDatabase(name);
    return openBrowserDatabase(name, key);
  }
}

/** Every table's root page and the newest of what was said: what a start reads anyway. */
function readAll(db: Database): void {
  try {
    for (const { name } of db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'"))
      db.get(`SELECT 1 FROM "${name}" LIMIT 1`);
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whether SQLite says that a database cannot be read, also before anything is asked of it. */
export function isBroken(error: unknown): boolean {
  const read = readError(error);
  return read instanceof StorageError && brokenCodes.has(read.code);
}

/** The same database, which tells of what it throws. */
function noticing(db: Database, noticed: (error: unknown) => void, closed: () => void): Database {
  function told<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      noticed(error);
      throw error;
    }
  }
  return {
    run: (sql, ...params) => told(() => db.run(sql, ...params)),
    all: (sql, ...params) => told(() => db.all(sql, ...params)),
    get: (sql, ...params) => told(() => db.get(sql, ...params)),
    script: (sql) => told(() => db.script(sql)),
    transaction: (work) => told(() => db.transaction(work)),
    close: () => {
      closed();
      db.close();
    },
  };
}
