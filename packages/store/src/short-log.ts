/**
 * Short log: SQLite overwrites deleted data in the database file, but the write-ahead log keeps about a thousand old
 * pages, with used ratchets and recalled messages (docs/spec/store.md ST45). So the log is checkpointed and emptied two
 * seconds after the last change, and once a minute during constant changes.
 */
import type { Database } from "./database.ts";

const quietMs = 2_000;
/** Rounds of `quietMs` before the log is emptied in spite of changes: a minute. */
const roundsMax = 30;

/** Not inside a transaction. Returns false if the log could not be emptied, because another process is reading. */
export function emptyLog(db: Database): boolean {
  return db.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)")?.busy === 0;
}

/**
 * Returns a database that empties its log after changes. A database without a write-ahead log is returned unchanged.
 *
 * @param after schedules `run` after `ms`; errors of `run` go to its caller.
 */
export function withShortLog(
  db: Database,
  after: (ms: number, run: () => void) => unknown,
): { readonly db: Database; readonly stop: () => void } {
  let isStopped = db.get<{ journal_mode: string }>("PRAGMA journal_mode")?.journal_mode !== "wal";
  let wrote = false;
  let isPlanned = false;
  let rounds = 0;

  function changed(): void {
    wrote = true;
    if (!isPlanned && !isStopped) plan(0);
  }

  function plan(round: number): void {
    rounds = round;
    wrote = false;
    isPlanned = true;
    after(quietMs, look);
  }

  function look(): void {
    isPlanned = false;
    if (isStopped) return;
    if (wrote && rounds < roundsMax) plan(rounds + 1);
    else if (!emptyLog(db)) plan(0);
  }

  const watched: Database = {
    ...db,
    run: (sql, ...params) => {
      changed();
      return db.run(sql, ...params);
    },
    script: (sql) => {
      changed();
      db.script(sql);
    },
    transaction: (work) => {
      changed();
      return db.transaction(work);
    },
    close: () => {
      isStopped = true;
      db.close();
    },
  };
  return {
    db: watched,
    stop: () => {
      isStopped = true;
    },
  };
}
