/**
 * Remakes a database's tables while it is in use (docs/spec/delivery.md DS57, DS116). It copies a table to a new one in
 * steps of a few milliseconds, between which others write; triggers repeat their changes in the copy. Then it renames
 * both, and deletes the old table row by row, so that `secure_delete` overwrites every page of it, with all that SQLite
 * left between rows. If a run is cut off, the next one removes half-made tables.
 */
import type { Database, SQLQueryBindings } from "bun:sqlite";

/** Target length of a step, in ms: about the longest time that others wait for the database. */
const stepMs = 4;
const rowsMax = 256;
/** After a step, others have the database for this many times as long as the step took. */
const restTimes = 2;
/** Steps between checkpoints of the write-ahead log. The server makes none while this runs. */
const checkpointSteps = 16;
/** Fillings are deleted this many rows behind the copy: SQLite fills pages that are nearer to its end again. */
const fillingRows = 512;
/** One row in three is followed by a filling: its key's last byte is below this. */
const fillingBelow = "x'55'";
/** So much more room a copy with fillings takes. */
const roomLeft = 1 / 3;

type Value = SQLQueryBindings;
type Table = {
  readonly name: string;
  readonly sql: string;
  readonly keys: readonly string[];
  readonly columns: readonly string[];
};
/** Rows of a step, as SQL's condition and its parameters. */
type Rows = { readonly where: string; readonly params: Value[]; readonly count: number };

/**
 * @param rest sleeps between two steps, so that others can write.
 * @param only names of tables that are remade each day, in whose pages room is left (docs/spec/moments.md HO20);
 * absent: all.
 * @param roomBytes that it may take. @returns how many more it needs; then nothing was done (DS198). 0: it is done.
 */
export function remakeTables(
  database: Database,
  rest: (ms: number) => void,
  only?: readonly string[],
  roomBytes = Number.POSITIVE_INFINITY,
): number {
  const remaking = new Remaking(database, rest);
  remaking.clean();
  const isDaily = only !== undefined;
  const tables = remaking.tables().filter(({ name }) => !isDaily || only.includes(name));
  const lackingBytes = remaking.bytesFor(tables, isDaily, roomBytes) - roomBytes;
  if (lackingBytes > 0) return Math.ceil(lackingBytes);
  for (const table of tables) remaking.remake(table, isDaily);
  // PASSIVE moves most of the log while others write, so that TRUNCATE, which keeps them waiting, has little left to
  // do.
  remaking.checkpoint("PASSIVE");
  remaking.checkpoint("TRUNCATE");
  return 0;
}

/** Removes what a run left that failed: its copy would keep room on the disk (docs/spec/delivery.md DS196). */
export function dropHalfMade(database: Database, rest: (ms: number) => void): void {
  const remaking = new Remaking(database, rest);
  remaking.clean();
  remaking.checkpoint("TRUNCATE");
}

class Remaking {
  private rows = 16;
  private steps = 0;
  private readonly database: Database;
  private readonly rest: (ms: number) => void;

  constructor(database: Database, rest: (ms: number) => void) {
    this.database = database;
    this.rest = rest;
  }

  tables(): readonly Table[] {
    return this.all(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    ).map(([name, sql]) => this.table(textOf(name), textOf(sql)));
  }

  /** How much the file grows by the copy of the largest of these tables, at most. */
  bytesFor(tables: readonly Table[], isDaily: boolean, roomBytes: number): number {
    const growth = isDaily ? 1 + roomLeft : 1;
    const [pages, pageBytes, free] = ["page_count", "page_size", "freelist_count"].map((name) =>
      Number(this.all(`PRAGMA ${name}`)[0]?.[0]),
    ) as [number, number, number];
    const whole = growth * pages * pageBytes;
    if (whole <= roomBytes) return whole; // To measure a table, all its pages are read.
    const bytes = tables.map(({ name }) => {
      this.checkpoint("PASSIVE"); // Nobody else makes any meanwhile.
      return this.all("SELECT name FROM sqlite_schema WHERE tbl_name = ?", [name])
        .flatMap(([part]) => this.all("SELECT pgsize FROM dbstat WHERE name = ? AND aggregate = TRUE", [textOf(part)]))
        .reduce((sum, [size]) => sum + Number(size), 0);
    });
    return growth * Math.max(0, ...bytes) - free * pageBytes;
  }

  /** @param isDaily new rows come between old ones before the next remake. */
  remake(table: Table, isDaily: boolean): void {
    const { name } = table;
    const made = this.table(`${name}~new`, "");
    this.step(() => this.begin(table));
    if (isDaily && table.keys.length === 1 && table.keys[0] !== "rowid") this.copyWithRoom(table, made.name);
    else this.copy(table, made.name);
    this.step(() => this.swap(name));
    this.purge({ ...table, name: `${name}~old` });
  }

  /** Drops triggers and half-made tables that a run which was cut off left. */
  clean(): void {
    this.step(() => {
      for (const [name] of this.all("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE '%~_'"))
        this.run(`DROP TRIGGER ${quoted(name)}`);
    });
    for (const table of this.tables()) if (/~(?:new|old)$/.test(table.name)) this.purge(table);
  }

  checkpoint(mode: "PASSIVE" | "TRUNCATE"): void {
    this.run(`PRAGMA wal_checkpoint(${mode})`);
  }

  private begin({ name, sql, keys, columns }: Table): void {
    const [from, to] = [quoted(name), quoted(`${name}~new`)];
    this.run(sql.replace(/^CREATE TABLE\s+("?)[^"\s(]+\1/i, `CREATE TABLE ${to}`));
    for (const [index, indexSql] of this.all(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ${text(name)} AND sql IS NOT NULL`,
    ))
      this.run(
        textOf(indexSql).replace(
          /^CREATE (UNIQUE )?INDEX\s+("?)[^"\s]+\2\s+ON\s+("?)[^"\s(]+\3/i,
          (_, unique: string | undefined) => `CREATE ${unique ?? ""}INDEX ${quoted(otherName(textOf(index)))} ON ${to}`,
        ),
      );
    const is = (row: string) => keys.map((key) => `${quoted(key)} = ${row}.${quoted(key)}`).join(" AND ");
    const drop = (row: string) => `DELETE FROM ${to} WHERE ${is(row)};`;
    const listed = columns.map(quoted).join(", ");
    const put = `${drop("NEW")} INSERT INTO ${to} (${listed}) VALUES (${columns.map((column) => `NEW.${quoted(column)}`).join(", ")});`;
    const trigger = (kind: string, on: string, work: string) =>
      this.run(`CREATE TRIGGER ${quoted(`${name}~${kind}`)} AFTER ${on} ON ${from} BEGIN ${work} END`);
    trigger("i", "INSERT", put);
    trigger("u", "UPDATE", `${drop("OLD")} ${put}`);
    trigger("d", "DELETE", drop("OLD"));
  }

  private copy({ name, keys, columns }: Table, to: string): void {
    const listed = columns.map(quoted).join(", ");
    this.through(name, keys, ({ where, params }) =>
      this.run(
        `INSERT INTO ${quoted(to)} (${listed}) SELECT ${listed} FROM ${quoted(name)} WHERE ${where} ON CONFLICT DO NOTHING`,
        params,
      ),
    );
  }

  /**
   * Leaves a quarter of each page free, so that rows which come between others seldom split a page: SQLite has no such
   * setting, so one row in three is copied a second time, as a filling that is deleted once its page is behind. The key
   * is one BLOB, equally long in all rows; a filling's is a byte longer, and stands behind its row's.
   */
  private copyWithRoom({ name, keys, columns }: Table, to: string): void {
    const key = quoted(keys[0]);
    const listed = columns.map(quoted).join(", ");
    const filling = columns
      .map((column) => (column === keys[0] ? `CAST(${key} || x'00' AS BLOB)` : quoted(column)))
      .join(", ");
    const [first] = this.all(`SELECT length(${key}) FROM ${quoted(name)} LIMIT 1`);
    const keyBytes = Number(first?.[0] ?? 0); // Of no row: what triggers put is no filling, and stays.
    const filled: Rows[] = [];
    const empty = ({ where, params }: Rows) =>
      this.run(`DELETE FROM ${quoted(to)} WHERE ${where} AND length(${key}) = ${keyBytes + 1}`, params);
    let behind = 0;
    this.through(name, keys, (rows) => {
      const { where, params } = rows;
      this.run(
        `INSERT INTO ${quoted(to)} (${listed}) SELECT ${listed} FROM ${quoted(name)} WHERE ${where}
         UNION ALL SELECT ${filling} FROM ${quoted(name)} WHERE ${where} AND substr(${key}, -1) < ${fillingBelow}
         ORDER BY ${key} ON CONFLICT DO NOTHING`,
        [...params, ...params],
      );
      filled.push(rows);
      behind += rows.count;
      while (filled[0] !== undefined && behind - filled[0].count >= fillingRows) {
        behind -= filled[0].count;
        empty(filled[0]);
        filled.shift();
      }
    });
    for (const rows of filled) this.step(() => empty(rows));
  }

  private swap(name: string): void {
    for (const kind of ["i", "u", "d"]) this.run(`DROP TRIGGER ${quoted(`${name}~${kind}`)}`);
    if (this.all("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").length > 0) {
      this.run(`DELETE FROM sqlite_sequence WHERE name = ${text(`${name}~new`)}`);
      this.run(
        `INSERT INTO sqlite_sequence (name, seq) SELECT ${text(`${name}~new`)}, seq FROM sqlite_sequence WHERE name = ${text(name)}`,
      );
    }
    this.run(`ALTER TABLE ${quoted(name)} RENAME TO ${quoted(`${name}~old`)}`);
    this.run(`ALTER TABLE ${quoted(`${name}~new`)} RENAME TO ${quoted(name)}`);
  }

  private purge({ name, keys }: Table): void {
    this.through(name, keys, ({ where, params }) => this.run(`DELETE FROM ${quoted(name)} WHERE ${where}`, params));
    this.step(() => this.run(`DROP TABLE ${quoted(name)}`));
  }

  /** Goes through all rows in the order of their keys, some in each step. */
  private through(name: string, keys: readonly string[], work: (rows: Rows) => void): void {
    const key = `(${keys.map(quoted).join(", ")})`;
    const marks = `(${keys.map(() => "?").join(", ")})`;
    let after: Value[] | undefined;
    for (let isOver = false; !isOver; )
      this.step(() => {
        const from = after === undefined ? "" : `WHERE ${key} > ${marks}`;
        const order = keys.map(quoted).join(", ");
        const sql = `SELECT ${order} FROM ${quoted(name)} ${from} ORDER BY ${order} LIMIT 1 OFFSET ${this.rows - 1}`;
        const [end] = this.all(sql, after ?? []);
        const bounds = [
          ...(after === undefined ? [] : [`${key} > ${marks}`]),
          ...(end === undefined ? [] : [`${key} <= ${marks}`]),
        ];
        const where = bounds.length === 0 ? "1" : bounds.join(" AND ");
        work({ where, params: [...(after ?? []), ...(end ?? [])], count: this.rows });
        isOver = end === undefined;
        after = end;
      });
  }

  /** Runs one transaction, then rests. Adapts the number of rows for each step to `stepMs`. */
  private step(work: () => void): void {
    const beganMs = performance.now();
    this.run("BEGIN IMMEDIATE");
    const lockedMs = performance.now();
    try {
      work();
      this.run("COMMIT");
    } catch (error) {
      this.undo();
      throw error;
    }
    const tookMs = performance.now() - lockedMs;
    if (tookMs < stepMs / 2) this.rows = Math.min(rowsMax, this.rows * 2);
    if (tookMs > stepMs) this.rows = Math.max(1, this.rows >> 1);
    if (++this.steps % checkpointSteps === 0) this.checkpoint("PASSIVE");
    this.rest(restTimes * tookMs + Math.min(10, lockedMs - beganMs));
  }

  /** On a full disk SQLite may have rolled back itself. The error that made it do so is the one reported. */
  private undo(): void {
    try {
      this.run("ROLLBACK");
    } catch {
      // If a transaction is still open, the next step says so.
    }
  }

  private table(name: string, sql: string): Table {
    const info = this.all(`PRAGMA table_info(${quoted(name)})`);
    const columns = info.map(([, column]) => textOf(column));
    const primary = info.filter(([, , , , , place]) => Number(place) > 0).sort((a, b) => Number(a[5]) - Number(b[5]));
    const isWithoutRowid = /\)[^)]*WITHOUT\s+ROWID[^)]*$/i.test(sql);
    const [only] = primary;
    const isAlias = !isWithoutRowid && primary.length === 1 && textOf(only?.[2]).toUpperCase() === "INTEGER";
    if (isWithoutRowid || isAlias) return { name, sql, keys: primary.map(([, column]) => textOf(column)), columns };
    return { name, sql, keys: ["rowid"], columns: ["rowid", ...columns] };
  }

  private all(sql: string, params: Value[] = []): readonly Value[][] {
    return this.database.query(sql).values(...(params as never[])) as Value[][];
  }

  private run(sql: string, params: Value[] = []): void {
    this.database.run(sql, params as never);
  }
}

/**
 * SQLite cannot rename an index, and two cannot share a name. So the copy's index gets a tilde, and loses it at the
 * next remake.
 */
function otherName(index: string): string {
  return index.endsWith("~") ? index.slice(0, -1) : `${index}~`;
}

function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function quoted(name: Value | undefined): string {
  return `"${textOf(name).replaceAll('"', '""')}"`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
