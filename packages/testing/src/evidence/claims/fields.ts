/**
 * R2.1: what stands on home's disk and in its output, held against docs/DATA.md and against what it says that it
 * writes.
 */
import { Database } from "bun:sqlite";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allOf, type Check } from "../check.ts";

const dataPage = join(import.meta.dir, "../../../../../docs/DATA.md");
const personal =
  /\b(?:ip|user_?agent|ua|phone|e?mail|name|contact|model|latitude|longitude|lat|lon|os|locale|birthday)\b/i;
const knownFiles =
  /^(?:yanshu\.db(?:-wal|-shm)?|registration-token|push-key|peer-key(?:-before)?|server\.lock(?:-journal)?|server\.pid|control\.sock|front\.json|reserve|blobs(?:\/(?:index\.db(?:-wal|-shm)?|[0-9a-f]{2}(?:\/[0-9a-f]{32})?))?)$/;
/** Every line that the server writes in its life, when nothing is wrong. */
const knownLines = [
  /^Yanshu 雁书 listens at \S+ \(\S+\)$/,
  /^Counts for the operator: http:\/\/127\.0\.0\.1:\d+\/$/,
  /^Scan or open to register; keep it among those you invite:$/,
  /^[\s█▀▄]*$/,
  /^https?:\/\/\S+#i\/\S+$/,
];

/** @param page what docs/DATA.md says. */
export function closedInventory(folder: string, output: Uint8Array, page = readFileSync(dataPage, "utf8")): Check {
  const said = columnsSaid(ofOneServer(page));
  const live = new Set([...columnsOf(join(folder, "yanshu.db")), ...columnsOf(join(folder, "blobs/index.db"))]);
  const unsaid = [...live].filter((column) => !said.has(column));
  const gone = [...said].filter((column) => !live.has(column));
  const about = [...live].filter((column) => personal.test(column.split(".")[1]?.replaceAll("_", " ") ?? ""));
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => !knownFiles.test(name));
  const lines = Buffer.from(output)
    .toString()
    .split("\n")
    .filter((line) => !knownLines.some((known) => known.test(line)));
  const wrong = [...unsaid, ...gone, ...about, ...files, ...lines];
  return allOf(
    "P2.fields",
    "what home stores is what docs/DATA.md says, column by column, file by file; it logs nothing of anybody",
    {
      "no column that is not listed": unsaid.length === 0,
      "none listed that is not there": gone.length === 0,
      "none that is about a person": about.length === 0,
      "no other file": files.length === 0,
      "no other line in its output": lines.length === 0,
    },
    live.size > 40 && said.size > 40,
    `${live.size} columns, ${said.size} listed${wrong.length > 0 ? `; not so: ${wrong.slice(0, 6).join(", ")}` : ""}`,
  );
}

/** What is said of a server whose log is its own: that of several servers is not the one that is looked at. */
function ofOneServer(page: string): string {
  const from = (heading: string) => page.indexOf(`\n${heading}\n`);
  return (
    page.slice(from("## On the server"), from("### In a database that several servers share")) +
    page.slice(from("### Whose it is"), from("## On a device"))
  );
}

/** `| accounts.frozen_at, .conflict |` names two columns of one table. */
function columnsSaid(page: string): ReadonlySet<string> {
  const said = new Set<string>();
  for (const [, cell = ""] of page.matchAll(/^\| ([a-z_]+\.[^|]*?) \|/gm)) {
    if (cell === "table.field") continue; // The head of the table.
    const table = /^[a-z_]+/.exec(cell)?.[0] ?? "";
    for (const [, column = ""] of cell.matchAll(/\.([a-z_]+)/g)) said.add(`${table}.${column}`);
  }
  return said;
}

/** Keys that join tables, and are of no other use, need no line of their own. */
const joins = new Set(["server.id"]);

function columnsOf(path: string): readonly string[] {
  const database = new Database(path, { readonly: true });
  try {
    const tables = database
      .query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all();
    return tables
      .flatMap(({ name }) =>
        database
          .query<{ name: string }, []>(`PRAGMA table_info("${name}")`)
          .all()
          .map((column) => `${name}.${column.name}`),
      )
      .filter((column) => !joins.has(column));
  } finally {
    database.close();
  }
}
