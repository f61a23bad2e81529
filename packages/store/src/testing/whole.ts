/**
 * The last version at once (docs/spec/store.md ST48): what makes a new database in one step, as all migrations make it
 * one after the other. Read from a database that they made, it is written into `whole-schema.ts` by `npm run schema`.
 */
import type { Database } from "../database.ts";
import { type Migration, migrate } from "../migrate.ts";

type Made = { readonly type: string; readonly name: string; readonly sql: string };

/** An empty database that is made by one migration after the other. */
export function migratedByStep(db: Database, migrations: readonly Migration[]): Database {
  migrate(
    db,
    migrations.map(({ version, up }) => ({ version, up })),
  );
  return db;
}

/** Statements that make a new database like `db`, which was made by migrations alone. */
export function wholeScriptOf(db: Database): string {
  const all = db.all<Made>("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid");
  const virtual = all.filter(({ sql }) => /^CREATE VIRTUAL/i.test(sql)).map(({ name }) => name);
  // Tables of an index come with the one that they belong to, and SQLite's own by themselves.
  const isOwn = ({ name }: Made) => !name.startsWith("sqlite_") && !virtual.some((one) => name.startsWith(`${one}_`));
  const own = all.filter(isOwn);
  const tables = own.filter(({ type, name }) => type === "table" && !virtual.includes(name));
  const statements = [...own.map(({ sql }) => inLines(sql)), ...tables.flatMap(({ name }) => rowsOf(db, name))];
  return statements.map((statement) => `${statement};\n`).join("");
}

/** The statement without what is said to readers, a column or a statement of a trigger on a line of its own. */
function inLines(sql: string): string {
  const lines: string[] = [];
  const isTable = /^CREATE TABLE/i.test(sql);
  let [line, depth] = ["", 0];
  for (const [piece] of sql.matchAll(/--[^\n]*|'(?:[^']|'')*'|"[^"]*"|\s+|[^\s'"]/g)) {
    if (piece.startsWith("--")) continue;
    if (/^\s/.test(piece)) {
      if (line !== "" && !/[\s(]$/.test(line)) line += " ";
      continue;
    }
    if (piece === "(") depth++;
    if (piece === ")") depth--;
    if (isTable && piece === ")" && depth === 0) {
      lines.push(line.trimEnd());
      line = "";
    }
    if (/[),]/.test(piece)) line = line.trimEnd();
    line += piece;
    const isEnd = (piece === "(" || piece === ",") && depth === 1;
    if (!isTable || !isEnd) continue;
    lines.push(line);
    line = "  ";
  }
  const text = [...lines, line.trimEnd()].filter((one) => one.trim() !== "").join("\n");
  return isTable ? text : text.replaceAll(/(?<= BEGIN|;) (?!END)/g, "\n  ").replace(/; (?=END$)/, ";\n");
}

/** Rows that migrations put into a table. */
function rowsOf(db: Database, table: string): readonly string[] {
  const quoted = (column: string) => `quote("${column}")`;
  const columns = db.all<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`).map(({ name }) => name);
  const rows = db.all<{ row: string }>(`SELECT ${columns.map(quoted).join(" || ', ' || ")} AS row FROM "${table}"`);
  return rows.map(({ row }) => `INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${row})`);
}
