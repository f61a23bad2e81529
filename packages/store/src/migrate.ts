/**
 * Migrations: how a device's database grows from one version of the program to the next. The
 * version is SQLite's `user_version`; each step and its number are written in one transaction, so
 * a crash leaves the version before or the version after (docs/spec/store.md ST7, ST8). A new database
 * is made in the last version at once (ST48).
 */
import type { Database } from "./database.ts";

export type Migration = {
  /** Ascending, and never changed once released. A number may be left out; it is then never given to a later one. */
  readonly version: number;
  /** SQL statements. They run inside a transaction. */
  readonly up: string;
  /** Of the last: statements that make an empty database as all steps make it one after the other. */
  readonly whole?: string;
};

/** The database was written by a later version of the program. Nothing in it was touched. */
export class NewerDatabaseError extends Error {
  override readonly name = "NewerDatabaseError";
  readonly held: number;
  readonly known: number;

  constructor(held: number, known: number) {
    super(`the database has version ${held}, and this program knows versions up to ${known}: update the program`);
    this.held = held;
    this.known = known;
  }
}

export function databaseVersion(db: Database): number {
  return db.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}

/** What makes an empty database: the last version at once where it is written down, or each step. */
export function stepsFromNothing(migrations: readonly Migration[]): readonly Migration[] {
  const last = migrations.at(-1);
  return last?.whole === undefined ? migrations : [{ version: last.version, up: last.whole }];
}

/**
 * Brings `db` to the last of `migrations`; returns how many steps it took.
 *
 * @throws NewerDatabaseError when the database is ahead of the program.
 */
export function migrate(db: Database, migrations: readonly Migration[]): number {
  let known = 0;
  for (const { version } of migrations) {
    if (version <= known) throw new Error(`migration ${version} stands after ${known}`);
    known = version;
  }
  const held = databaseVersion(db);
  if (held > known) throw new NewerDatabaseError(held, known);
  const steps = held === 0 ? stepsFromNothing(migrations) : migrations;
  const due = steps.filter(({ version }) => version > held);
  for (const { version, up } of due) {
    db.transaction(() => {
      db.script(up);
      db.script(`PRAGMA user_version = ${version}`);
    });
  }
  return due.length;
}
