/**
 * Room: what the database takes on the device's disk, and giving back what it does not need (docs/spec/keeping.md KP4).
 */
import type { Database } from "../database.ts";
import { emptyLog } from "../short-log.ts";

/** Fewer free pages are used again sooner than they are missed. */
const freePagesMin = 16;
/** A database from before it could give back is made anew once, where that takes no long while. */
const remadeBytesMax = 64 << 20;

export function databaseBytes(db: Database): number {
  const row = db.get<{ bytes: number }>(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
  );
  return row?.bytes ?? 0;
}

/** Not inside a transaction. Returns whether there was anything to give. */
export function giveBackRoom(db: Database): boolean {
  const free = db.get<{ freelist_count: number }>("PRAGMA freelist_count")?.freelist_count ?? 0;
  if (free < freePagesMin) return false;
  const isKept = db.get<{ auto_vacuum: number }>("PRAGMA auto_vacuum")?.auto_vacuum === 0;
  if (isKept && databaseBytes(db) > remadeBytesMax) return false;
  db.script(isKept ? "PRAGMA auto_vacuum = INCREMENTAL; VACUUM" : "PRAGMA incremental_vacuum");
  emptyLog(db);
  return true;
}
