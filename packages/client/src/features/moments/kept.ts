/** What was read from the store and holds until something is written there: an idle look reads nothing again (MO86). */
import type { Database } from "@yanshu/store";

/** Grows with each row that is written, and with each transaction that comes to nothing. */
export function writtenIn(db: Database): number {
  return (db.get<{ count: number }>("SELECT total_changes() AS count")?.count ?? 0) + db.written();
}

type Kept<C, T> = ((context: C) => T) & {
  /**
   * Writes to those tables what `change` makes of all that was read: else one row would have all read again (MO164).
   * Inside a transaction: one that comes to nothing has it read again.
   */
  readonly write: (context: C, write: () => void, change: (made: T) => T) => void;
};

/**
 * @param tables from which alone what `read` gives follows; absent: from the store, whichever of it
 * @returns a function that reads again only where something was written there since
 */
export function keptUntilWritten<C extends { readonly db: Database }, T>(
  read: (context: C) => T,
  tables?: readonly string[],
): Kept<C, T> {
  const kept = new WeakMap<Database, { readonly written: number; readonly made: T }>();
  const writtenNow = ({ db }: C) => (tables === undefined ? writtenIn(db) : db.written(...tables));
  const given = (context: C) => {
    const written = writtenNow(context);
    const held = kept.get(context.db);
    if (held?.written === written) return held.made;
    const made = read(context);
    kept.set(context.db, { written, made });
    return made;
  };
  return Object.assign(given, {
    write: (context: C, write: () => void, change: (made: T) => T) => {
      const held = kept.get(context.db);
      const isOfNow = held?.written === writtenNow(context);
      write();
      if (held !== undefined && isOfNow)
        kept.set(context.db, { written: writtenNow(context), made: change(held.made) });
    },
  });
}
