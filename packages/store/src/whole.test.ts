import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import type { Database } from "./database.ts";
import { databaseVersion, migrate } from "./migrate.ts";
import { wipe } from "./queries/wipe.ts";
import { migrations } from "./schema.ts";
import { migratedByStep, wholeScriptOf } from "./testing/whole.ts";

const open = () => openBunDatabase(":memory:");

/** All that SQLite knows of a database, table by table, and every row. */
function allOf(db: Database) {
  const names = db.all<{ type: string; name: string; tbl_name: string }>(
    "SELECT type, name, tbl_name FROM sqlite_schema ORDER BY type, name",
  );
  const tables = names.filter(({ type }) => type === "table").map(({ name }) => name);
  const ask = (pragma: string, name: string) => db.all(`SELECT * FROM pragma_${pragma}('${name}') ORDER BY 1, 2, 3`);
  const indexes = tables.flatMap((table) => ask("index_list", table).map((one) => String(one["name"])));
  return {
    names,
    version: databaseVersion(db),
    kinds: db.all("SELECT name, ncol, wr, strict FROM pragma_table_list ORDER BY name"),
    columns: tables.map((table) => ["table_xinfo", "foreign_key_list"].map((of) => ask(of, table))),
    indexes: tables.map((table) =>
      db.all(`SELECT name, "unique", origin, partial FROM pragma_index_list('${table}') ORDER BY 1`),
    ),
    ofIndexes: indexes.map((index) => ask("index_xinfo", index)),
    rows: tables.map((table) => db.all(`SELECT * FROM "${table}"`)),
    statements: wholeScriptOf(db).split(";\n").toSorted(),
  };
}

test("[ST48] a new database is made in one step, and is the one that all migrations make one after the other", () => {
  const [whole, stepped] = [open(), migratedByStep(open(), migrations)];
  expect(migrate(whole, migrations)).toBe(1);
  expect(allOf(whole)).toEqual(allOf(stepped));
  // `npm run schema` writes it anew after a migration was added.
  expect(migrations.at(-1)?.whole).toBe(`\n${wholeScriptOf(stepped)}`);
});

test("[ST48] a database that is wiped is made in one step as well", () => {
  const [wiped, stepped] = [open(), migratedByStep(open(), migrations)];
  migrate(wiped, migrations);
  wiped.run("INSERT INTO meta VALUES ('key', x'01')");
  wipe(wiped);
  expect(allOf(wiped)).toEqual(allOf(stepped));
});

test("[ST48] a database of any version before goes through the steps that it has not seen", () => {
  const db = open();
  migrate(db, migrations.slice(0, 3));
  expect(migrate(db, migrations)).toBe(migrations.length - 3);
  expect(allOf(db)).toEqual(allOf(migratedByStep(open(), migrations)));
});
