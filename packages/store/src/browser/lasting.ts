/**
 * Lasting: a browser's database that detects, at opening and later, that it was removed or is unreadable
 * (docs/spec/store.md ST41, ST43). An unreadable database is dropped only if its opener can restore the data.
 */
import type { Database } from "../database.ts";
import { readError, StorageError } from "../storage-error.ts";
import { isDatabaseGone } from "./files.ts";
import { type BrowserDatabase, dropBrowserDatabase, openBrowserDatabase } from "./open.ts";

export type LastingOptions = {
  /** The key that encrypts the files, as for `openBrowserDatabase`. */
  readonly key?: Uint8Array | undefined;
  /** Whether the data can be restored from elsewhere: else an unreadable database stays, and opening throws. */
  readonly mayLose: () => Promise<boolean>;
  /**
   * Called once, when the database is gone, or unreadable and dropped. After that its methods throw, `close` does
   * nothing, and its files are not touched. Only another worker can open it again.
   */
  readonly lost: () => void;
  /**
   * Called once, when the files are gone and `mayLose` says no: the open database goes on, so that its data can be
   * exported (docs/spec/web.md WE36). The files are not checked again after it.
   */
  readonly gone?: () => void;
};

/** Result codes of a broken database, for which trying again is useless. */
const brokenCodes: ReadonlySet<string> = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);
/** How often the files are checked: a browser that removes them raises no error. */
const lookMs = 5_000;
/**
 * Wait before `mayLose` is asked again: a browser that clears a site removes one thing at a time, so the data for
 * restoring may vanish a moment later.
 */
const againMs = 500;

/** @throws as `openBrowserDatabase`, and SQLite's error for a broken database that may not be lost. */
export async function openLastingDatabase(name: string, options: LastingOptions): Promise<BrowserDatabase> {
  const opened = await openWhole(name, options);
  if (!opened.persistent) return opened;
  let state: "open" | "closed" | "lost" = "open";
  let isToldGone = false;
  const timer = setInterval(() => void look(), lookMs);

  function over(now: "closed" | "lost"): void {
    state = now;
    clearInterval(timer);
  }

  async function look(): Promise<void> {
    if (state !== "open" || isToldGone || !(await isDatabaseGone(name))) return;
    const mayLose =
      (await options.mayLose()) && (await new Promise((resolve) => setTimeout(resolve, againMs)).then(options.mayLose));
    if (state !== "open" || isToldGone) return;
    if (mayLose) {
      over("lost");
      options.lost();
    } else if (options.gone !== undefined) {
      isToldGone = true;
      options.gone();
    }
  }

  /** Drops the unreadable database at once, even if the next start could perhaps read it. */
  async function drop(): Promise<void> {
    if (!(await options.mayLose()) || state !== "open") return;
    over("lost");
    try {
      opened.db.close();
      await dropBrowserDatabase(name);
    } finally {
      options.lost();
    }
  }

  function told<T>(work: () => T): T {
    if (state === "lost") throw new Error("the database is gone");
    try {
      return work();
    } catch (error) {
      if (error instanceof StorageError) void (isBroken(error) ? drop() : look());
      throw error;
    }
  }

  const { db } = opened;
  return {
    ...opened,
    db: {
      run: (sql, ...params) => told(() => db.run(sql, ...params)),
      all: (sql, ...params) => told(() => db.all(sql, ...params)),
      get: (sql, ...params) => told(() => db.get(sql, ...params)),
      script: (sql) => told(() => db.script(sql)),
      transaction: (work) => told(() => db.transaction(work)),
      written: db.written,
      close() {
        if (state === "lost") return;
        over("closed");
        db.close();
      },
    },
  };
}

async function openWhole(name: string, { key, mayLose }: LastingOptions): Promise<BrowserDatabase> {
  try {
    const opened = await openBrowserDatabase(name, key);
    readAll(opened.db);
    return opened;
  } catch (error) {
    if (!isBroken(error) || !(await mayLose())) throw error;
    await dropBrowserDatabase(name);
    return openBrowserDatabase(name, key);
  }
}

/**
 * Reads the root page of every table and index: so they are known to be readable, and are in memory where the browser
 * removes the files later.
 */
function readAll(db: Database): void {
  const tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
  // The index of a UNIQUE or PRIMARY KEY has no statement of its own, and is read with its table's rows.
  const indexes = "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
  try {
    for (const { name } of db.all<{ name: string }>(tables)) db.get(`SELECT 1 FROM "${name}" LIMIT 1`);
    for (const { name, tbl_name, sql } of db.all<{ name: string; tbl_name: string; sql: string }>(indexes)) {
      const [, where = "1"] = /\bWHERE\b([\s\S]*)$/i.exec(sql) ?? [];
      db.get(`SELECT 1 FROM "${tbl_name}" INDEXED BY "${name}" WHERE ${where} LIMIT 1`);
    }
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whether an error means that the database is unreadable. */
export function isBroken(error: unknown): boolean {
  const read = readError(error);
  return read instanceof StorageError && brokenCodes.has(read.code);
}
