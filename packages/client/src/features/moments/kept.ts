/** What was read from the store and holds until something is written there: an idle look reads nothing again (MO86). */
import type { Database } from "@yanshu/store";

/** Grows with each row that is written, and with each transaction that comes to nothing. */
export function writtenIn(db: Database): number {
  return (db.get<{ count: number }>("SELECT total_changes() AS count")?.count ?? 0) + db.written();
}

/**
 * @param tables from which alone what `read` gives follows; absent: from the store, whichever of it
 * @returns a function that reads again only where something was written there since
 */
export function keptUntilWritten<C extends { readonly db: Database }, T>(
  read: (context: C) => T,
  tables?: readonly string[],
): (context: C) => T {
  const kept = new WeakMap<Database, { readonly written: number; readonly made: T }>();
  return (context) => {
    const written = tables === undefined ? writtenIn(context.db) : context.db.written(...tables);
    const held = kept.get(context.db);
    if (held?.written === written) return held.made;
    const made = read(context);
    kept.set(context.db, { written, made });
    return made;
  };
}
