/**
 * Short log: SQLite overwrites what is deleted in the database itself, but its write-ahead log keeps the pages as they
 * were, for about a thousand of them: first ratchets, words that were recalled (docs/spec/store.md ST45). So the log is
 * written back and emptied a moment after the last change, and once a minute where changes do not end.
 */
import type { Database } from "./database.ts";

const quietMs = 2_000;
/** Where no moment is quiet: a minute. */
const roundsMax = 30;

/** Not inside a transaction. Returns whether nothing is left of it: another process may be reading. */
export function emptyLog(db: Database): boolean {
  return db.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)")?.busy === 0;
}

/**
 * The same database, whose log is emptied when it is quiet. One that has no log stays as it is.
 *
 * @param after runs something later, and may throw what it throws to what guards timers.
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
