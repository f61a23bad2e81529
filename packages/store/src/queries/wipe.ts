/**
 * Wiping: the database is as if it had just been made (docs/spec/keeping.md KP2). Its tables go whole, whatever they
 * are called, so that none that comes later can be forgotten here.
 */
import type { Database } from "../database.ts";
import { stepsFromNothing } from "../migrate.ts";
import { migrations } from "../schema.ts";

export function wipe(db: Database): void {
  db.transaction(() => {
    // Tables of an index go with the one that they belong to.
    const tables = db.all<{ name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    );
    const virtual = tables.filter(({ sql }) => /^CREATE VIRTUAL/i.test(sql)).map(({ name }) => name);
    for (const name of virtual) db.script(`DROP TABLE "${name}"`);
    for (const { name } of tables) if (!virtual.some((one) => name.startsWith(one))) db.script(`DROP TABLE "${name}"`);
    db.script("DELETE FROM sqlite_sequence");
    for (const { up } of stepsFromNothing(migrations)) db.script(up);
  });
  db.script("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}
