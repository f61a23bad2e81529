/**
 * Migrating: each step and its number are written in one transaction, so that after a crash between two steps the
 * database has one version, whole (docs/spec/delivery.md DS34).
 */

/** The part of a database that migrating needs. */
export type Migrated = {
  readonly run: (sql: string) => unknown;
  readonly query: (sql: string) => { readonly get: () => unknown };
};

export function versionOf(database: Migrated): number {
  return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}

/** @param mustWrite whether to write once in any case, so that a read-only disk throws now. */
export function migrate(database: Migrated, migrations: readonly string[], mustWrite = true): void {
  for (let version = versionOf(database); version < migrations.length; version++) {
    database.run("BEGIN IMMEDIATE");
    try {
      database.run(migrations[version] as string);
      database.run(`PRAGMA user_version = ${version + 1}`);
      database.run("COMMIT");
    } catch (error) {
      database.run("ROLLBACK");
      throw error;
    }
  }
  // A read-only disk fails here, and not at the first message.
  if (mustWrite) database.run(`PRAGMA user_version = ${migrations.length}`);
}
