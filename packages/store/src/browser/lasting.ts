/**
 * Lasting: a browser's database that is noticed to be gone or unreadable (docs/spec/store.md ST41, ST43), at opening
 * and in the midst of work. What of it cannot be read is dropped once its opener can do without, and never before.
 */
import type { Database } from "../database.ts";
import { readError, StorageError } from "../storage-error.ts";
import { isDatabaseGone } from "./files.ts";
import { type BrowserDatabase, dropBrowserDatabase, openBrowserDatabase } from "./open.ts";

export type LastingOptions = {
  /** As for opening: its files are sealed under it. */
  readonly key?: Uint8Array | undefined;
  /** Whether what is lost can be put back: else an unreadable database stays, and is an error. */
  readonly mayLose: () => Promise<boolean>;
  /**
   * Once, when it is gone, or was unreadable and is dropped. From then on what is asked of the database fails, and
   * closing it does nothing: the files are not touched any more. Only another worker can open it again.
   */
  readonly lost: () => void;
  /**
   * Once, when its files are gone and it may not be lost: what is open goes on, and can be read out (docs/spec/web.md
   * WE36). Nothing more is told after it.
   */
  readonly gone?: () => void;
};

/** No second try reads what these say is broken. */
const brokenCodes: ReadonlySet<string> = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);
/** A browser that removes files under a worker says nothing: it is looked at now and then. */
const lookMs = 5_000;
/**
 * A browser that removes everything removes one thing after the other: what could put it back may go a moment later.
 */
const againMs = 500;

/** @throws as `openBrowserDatabase`, and what SQLite says of a broken one that may not be lost. */
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

  /** What a start would perhaps read well is not kept for it. */
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
