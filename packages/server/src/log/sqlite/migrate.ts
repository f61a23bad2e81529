/**
 * Migrating: each step and its number in one transaction, so that a crash or a fault between two
 * leaves the version before it, whole (docs/spec/delivery.md DS34).
 */

/** As much of a database as migrating needs. */
export type Migrated = {
  readonly run: (sql: string) => unknown;
  readonly query: (sql: string) => { readonly get: () => unknown };
};

export function versionOf(database: Migrated): number {
  return (database.query("PRAGMA user_version").get() as { user_version: number }).user_version;
}

/** @param mustWrite whether a disk that takes no writes is found out now. */
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
  // A disk that only reads shows here, and not at the first message.
  if (mustWrite) database.run(`PRAGMA user_version = ${migrations.length}`);
}
