/**
 * Postgres in this process: PGlite, which is PostgreSQL as WebAssembly, asked synchronously, so that what several
 * servers do to one database repeats with the seed of a simulation. It has one session, in which the servers'
 * connections take turns, a transaction each: transactions follow one another and never wait for each other. What
 * belongs to a connection is kept beside it: its lock (DS79), which goes with it, and what it says when it comes anew.
 */
import { PGlite } from "@electric-sql/pglite";
import { LogAwayError } from "../log/log.ts";
import { openOver, type PostgresLog, type PostgresLogOptions } from "../log/postgres/bun.ts";
import type { Request, Result, Step } from "../log/postgres/channel.ts";
import { decodeResults, encodeSteps } from "./pg-frames.ts";

/** What is written is kept in memory twice otherwise, in files of 16 MiB each. */
const settings = [
  "-c",
  "min_wal_size=32MB",
  "-c",
  "max_wal_size=48MB",
  "-c",
  "wal_level=minimal",
  "-c",
  "max_wal_senders=0",
];

/** What happens to a connection, asked before each thing that it asks. */
export type LineFaults = {
  /**
   * `before`: it does not reach the database; `after`: it was done, and the answer is lost. Either way the connection
   * is gone.
   */
  readonly trouble?: (ending: Ending | undefined) => "before" | "after" | undefined;
  /** A transaction is done, and its server does not know yet: what others do now comes between. */
  readonly committed?: () => void;
};

/** The transaction that what is asked would end: whether it took messages. */
export type Ending = { readonly takesMessages: boolean };

export class PostgresInside {
  private readonly pg: PGlite;
  private readonly names = new Map<string, string>();
  private parsed = 0;
  private databases = 0;
  private lines = 0;
  /** Whose tables are found. */
  private schema: string | undefined;

  private constructor(pg: PGlite) {
    this.pg = pg;
    // As each connection of a server has it (`bun-worker.ts`).
    this.ask([{ sql: "SET default_transaction_read_only = on; SET synchronous_commit = off;", params: [] }]);
  }

  static async begin(): Promise<PostgresInside> {
    return new PostgresInside(await PGlite.create({ startParams: [...PGlite.defaultStartParams, ...settings] }));
  }

  /** A new and empty one. */
  database(): InsideDatabase {
    this.ask([{ sql: "DEALLOCATE ALL", params: [] }]);
    this.names.clear();
    return new InsideDatabase(this, `d${++this.databases}`);
  }

  async end(): Promise<void> {
    await this.pg.close();
  }

  /** Each line has another number. */
  nextLine(): number {
    return ++this.lines;
  }

  /** @throws RefusedError */
  askAs(line: Line, steps: readonly Step[]): readonly Result[] {
    const { schema, number } = line;
    if (this.schema !== schema) {
      this.schema = schema;
      this.ask([{ sql: `SET search_path = ${schema}, ${schema}_lines, pg_catalog;`, params: [] }]);
    }
    if (steps.some(({ sql }) => sql.includes("pg_advisory_lock")))
      this.ask([{ sql: `SET yanshu.line = ${number};`, params: [] }]);
    return this.ask(steps);
  }

  /** @throws RefusedError */
  ask(steps: readonly Step[]): readonly Result[] {
    const fresh: string[] = [];
    const nameOf = (sql: string) => {
      const known = this.names.get(sql);
      if (known !== undefined) return { name: known, isNew: false };
      const name = `q${++this.parsed}`;
      this.names.set(sql, name);
      fresh.push(sql);
      return { name, isNew: true };
    };
    try {
      return decodeResults(this.pg.execProtocolRawSync(encodeSteps(steps, nameOf)));
    } catch (error) {
      for (const sql of fresh) this.names.delete(sql); // What came after the refusal was not prepared.
      throw error;
    }
  }
}

/** A database of its own, as far as its servers can tell. */
export class InsideDatabase {
  private readonly inside: PostgresInside;
  private readonly schema: string;
  private readonly admin: Line;

  constructor(inside: PostgresInside, schema: string) {
    this.inside = inside;
    this.schema = schema;
    this.admin = new Line(inside, schema, {});
    inside.ask([writing(`CREATE SCHEMA ${schema}; CREATE SCHEMA ${schema}_lines; ${locks(`${schema}_lines`)}`)]);
  }

  /** A server's log. */
  open(options: PostgresLogOptions = {}, faults: LineFaults = {}): { readonly log: PostgresLog; readonly line: Line } {
    const line = new Line(this.inside, this.schema, faults);
    return { line, log: openOver(line, options) };
  }

  rows(sql: string): Result["rows"] {
    return this.inside.askAs(this.admin, [{ sql, params: [] }])[0]?.rows ?? [];
  }

  drop(): void {
    const { schema } = this;
    this.inside.ask([writing(`DROP SCHEMA ${schema} CASCADE; DROP SCHEMA ${schema}_lines CASCADE;`)]);
    this.inside.ask([{ sql: "CHECKPOINT", params: [] }]);
  }
}

/** A server's connection. */
export class Line {
  readonly number: number;
  readonly schema: string;
  private readonly inside: PostgresInside;
  private readonly faults: LineFaults;
  private greeting: readonly Step[] = [];
  private isOpen = false;
  private isClosed = false;
  /** In the transaction under way. */
  private takesMessages = false;

  constructor(inside: PostgresInside, schema: string, faults: LineFaults) {
    this.inside = inside;
    this.schema = schema;
    this.faults = faults;
    this.number = inside.nextLine();
  }

  /** As `Bridge.ask`. */
  ask(steps: readonly Step[], isFirst: boolean, more: Pick<Request, "greeting" | "isLast"> = {}): readonly Result[] {
    const isCommit = steps.at(-1)?.sql === "COMMIT";
    if (isFirst) this.takesMessages = false;
    if (steps.some(({ sql }) => sql.includes("INSERT INTO envelopes"))) this.takesMessages = true;
    const { takesMessages } = this;
    const trouble = this.isClosed ? "before" : this.faults.trouble?.(isCommit ? { takesMessages } : undefined);
    if (trouble === "before") throw this.lost();
    if (!this.isOpen && !isFirst) throw this.lost();
    if (!this.isOpen) this.come();
    const results = this.inside.askAs(this, steps);
    if (more.greeting !== undefined) this.greeting = more.greeting;
    if (more.isLast === true) this.close();
    if (trouble === "after") throw this.lost();
    if (isCommit) this.faults.committed?.();
    return results;
  }

  /** The connection is cut, or the server that had it died: what it was about did not happen, and its lock goes. */
  cut(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.inside.askAs(this, [{ sql: "ROLLBACK", params: [] }]);
    this.inside.ask([writing(`DELETE FROM ${this.schema}_lines.living WHERE line = ${this.number};`)]);
  }

  close(): void {
    this.cut();
    this.isClosed = true;
  }

  private come(): void {
    this.isOpen = true;
    if (this.greeting.length === 0) return;
    // Here a lock is a row.
    const [begin, end] = ["BEGIN READ WRITE", "COMMIT"].map((sql): Step => ({ sql, params: [] })) as [Step, Step];
    this.inside.askAs(this, [begin, ...this.greeting, end]);
  }

  private lost(): LogAwayError {
    this.cut();
    return new LogAwayError("cut");
  }
}

function writing(sql: string): Step {
  return { sql: `BEGIN READ WRITE; ${sql} COMMIT;`, params: [] };
}

/**
 * Found before PostgreSQL's own, which know one session only: the holder of the lock of a server's number has it until
 * its connection goes, and one that nobody has can be had for as long as a transaction lasts.
 */
function locks(schema: string): string {
  const as = (body: string) => `LANGUAGE sql AS $$ ${body} $$;`;
  return `
    CREATE TABLE ${schema}.living (number integer PRIMARY KEY, line integer NOT NULL);
    CREATE FUNCTION ${schema}.pg_advisory_lock(class integer, which integer) RETURNS void ${as(
      `INSERT INTO ${schema}.living VALUES (which, current_setting('yanshu.line')::integer) ON CONFLICT DO NOTHING`,
    )}
    CREATE FUNCTION ${schema}.pg_try_advisory_xact_lock(class integer, which integer) RETURNS boolean ${as(
      `SELECT NOT EXISTS (SELECT 1 FROM ${schema}.living WHERE number = which)`,
    )}`;
}
