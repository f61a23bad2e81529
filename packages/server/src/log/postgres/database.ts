/**
 * Database: the transactions of one connection. They are READ COMMITTED, and lock the rows that they read to change.
 * Writes are gathered and sent together with the next query or with the commit. If the answer to a commit is lost, the
 * database is asked afterwards whether it happened.
 */
import { type Ahead, LogAwayError, LogConflictError, LogFullError, LogOpenError } from "../log.ts";
import type { Result, Step } from "./channel.ts";
import type { Remote } from "./statements.ts";

/** Gathers the writes of a transaction, and caches what it read. */
export type Gathering = {
  /** Returns and forgets the gathered statements, which are run now. */
  readonly drain: () => readonly Step[];
  /** Fetches what the transaction will look up; runs first in it. */
  readonly lookAhead: (ahead: Ahead) => void;
  /** The statements that tell other servers what concerns them; they run last. Their rows go to `called`. */
  readonly calling: () => readonly Step[];
  readonly called: (rows: Result["rows"]) => void;
  readonly ended: (isCommitted: boolean) => void;
  /** It is not known whether the transaction was committed. Returns the ids of the envelopes that it packed. */
  readonly inDoubt: () => readonly number[];
  /**
   * That transaction was committed after all, but its jobs were refused. Turns its packed lists into queue rows, and
   * keeps what it read from other servers. Within a transaction.
   */
  readonly revive: (envelopes: readonly number[]) => void;
  /** That transaction was not committed. */
  readonly undone: () => void;
};

/** This server's number among those that share the database. */
export type Self = { number: number };

export type Bridge = { readonly ask: (steps: readonly Step[], isFirst: boolean) => readonly Result[] };

/** Connections are read-only outside such a transaction: see the settings in `bun-worker.ts`. */
const begin: Step = { sql: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", params: [] };
const commit: Step = { sql: "COMMIT", params: [] };
const rollback: Step = { sql: "ROLLBACK", params: [] };

export class PostgresDatabase implements Remote {
  private awayMs = Number.NEGATIVE_INFINITY;
  private readonly bridge: Bridge;
  private readonly self: Self;
  private readonly refusedState: (error: unknown) => string | undefined;
  private gathering: Gathering | undefined;
  private waiting: Step[] = [];
  private inside: "no" | "to begin" | "begun" = "no";
  /** Number of the last transaction that was tried. Unique for each number that this server has had. */
  private commits = 0;
  private doubt: { readonly commit: number; readonly envelopes: readonly number[] } | undefined;
  /** Envelopes packed by transactions that were committed although their jobs were refused. */
  private stranded: readonly number[] | undefined;
  private readonly replaced: () => void;
  private readonly nowMs: () => number;

  /**
   * @param refusedState returns the SQLSTATE of an error by which the database refused a step; undefined for others.
   * @param replaced called when other servers took this one for dead; it then takes another number.
   */
  constructor(
    bridge: Bridge,
    self: Self,
    refusedState: (error: unknown) => string | undefined,
    replaced: () => void,
    nowMs: () => number,
  ) {
    this.replaced = replaced;
    this.nowMs = nowMs;
    this.self = self;
    this.refusedState = refusedState;
    this.bridge = {
      ask: (steps, isFirst) => {
        try {
          return bridge.ask(steps, isFirst);
        } catch (error) {
          if (error instanceof LogAwayError) this.awayMs = this.nowMs();
          throw error;
        }
      },
    };
  }

  /** Whether the database was out of reach within the last `withinMs`. */
  wasAway(withinMs: number): boolean {
    return this.nowMs() < this.awayMs + withinMs;
  }

  gatherWith(gathering: Gathering): void {
    this.gathering = gathering;
  }

  isInTransaction(): boolean {
    return this.inside !== "no";
  }

  ask(step: Step): Result {
    return this.askAll([step])[0] as Result;
  }

  /** Sends the waiting writes and then `steps`, in one round trip. Returns the results of `steps`. */
  askAll(steps: readonly Step[]): readonly Result[] {
    if (this.inside === "no") return this.bridge.ask(steps, true);
    this.gather();
    return this.send(steps);
  }

  /**
   * Like `ask`, for rows that no gathered write changes. The gathered writes stay gathered, so that all are written in
   * one order (see `heldInOrder`).
   */
  peek(step: Step): Result {
    return (this.inside === "no" ? this.bridge.ask([step], true) : this.send([step]))[0] as Result;
  }

  tell(step: Step): void {
    if (this.inside === "no") {
      this.bridge.ask([step], true);
      return;
    }
    this.gather();
    this.waiting.push(step);
  }

  transaction<T>(work: () => T, ahead?: Ahead): T {
    if (this.inside !== "no") throw new Error("invariant: transactions do not nest");
    this.settle();
    return this.through(work, ahead);
  }

  private through<T>(work: () => T, ahead?: Ahead): T {
    this.inside = "to begin";
    let isCommitted = false;
    try {
      if (ahead !== undefined) this.gathering?.lookAhead(ahead);
      const value = work();
      this.commit();
      isCommitted = true;
      return value;
    } catch (error) {
      this.rollBack();
      throw this.named(error);
    } finally {
      this.inside = "no";
      this.waiting = [];
      this.gathering?.ended(isCommitted);
    }
  }

  /** Appends the gathered statements to those that wait. */
  private gather(): void {
    if (this.gathering !== undefined) this.waiting.push(...this.gathering.drain());
  }

  private send(steps: readonly Step[]): readonly Result[] {
    const isFirst = this.inside === "to begin";
    const sent = [...(isFirst ? [begin] : []), ...this.waiting, ...steps];
    this.waiting = [];
    this.inside = "begun";
    const results = this.bridge.ask(sent, isFirst);
    return results.slice(results.length - steps.length);
  }

  private commit(): void {
    this.gather();
    const calling = this.gathering?.calling() ?? [];
    if (this.inside === "to begin" && this.waiting.length + calling.length === 0) return; // There is nothing to write.
    this.commits++;
    const mark: Step = { sql: "SELECT mark($1::int4, $2::int8)", params: [this.self.number, this.commits] };
    try {
      const done = this.send([...calling, mark, commit]);
      this.gathering?.called(done.slice(0, calling.length).flatMap(({ rows }) => rows));
    } catch (error) {
      if (!(error instanceof LogAwayError)) throw error;
      const asked = { commit: this.commits, envelopes: this.gathering?.inDoubt() ?? [] };
      this.doubt = asked;
      if (this.happened(asked.commit)) return;
      this.gathering?.undone();
      throw new LogConflictError("the connection was lost");
    }
  }

  /**
   * Finds out whether a transaction in doubt was committed, before another one begins.
   *
   * @throws LogAwayError
   */
  private settle(): void {
    if (this.doubt !== undefined) {
      const { commit, envelopes } = this.doubt;
      if (this.happened(commit)) this.stranded = [...(this.stranded ?? []), ...envelopes];
      else this.gathering?.undone();
    }
    const { stranded } = this;
    if (stranded === undefined) return;
    this.through(() => this.gathering?.revive(stranded));
    this.stranded = undefined;
  }

  /**
   * Whether the transaction with this number was committed. FOR UPDATE waits until the lost connection's transaction
   * has ended.
   *
   * @throws LogAwayError if the database cannot be asked.
   */
  private happened(number: number): boolean {
    const sql = "SELECT commits FROM gateways WHERE number = $1 FOR UPDATE";
    const steps = [begin, { sql, params: [this.self.number] }, commit];
    const look = (triesLeft: number): readonly Result[] => {
      try {
        return this.bridge.ask(steps, true);
      } catch (error) {
        // The loss of the connection may be noticed only now, or the lost transaction may still hold the row.
        if (triesLeft > 0) return look(triesLeft - 1);
        throw new LogAwayError((error as Error).message);
      }
    };
    const [, found] = look(2);
    this.doubt = undefined;
    return Number(found?.rows[0]?.[0] ?? 0) >= number;
  }

  private rollBack(): void {
    if (this.inside !== "begun") return;
    try {
      this.bridge.ask([rollback], false);
    } catch (error) {
      if (!(error instanceof LogAwayError)) throw error;
    }
  }

  private named(error: unknown): unknown {
    const state = this.refusedState(error);
    if (state === undefined) return error;
    if (state === takenForDead) {
      this.commits = 0;
      this.stranded = undefined; // The server that took this one for dead has made rows of them.
      this.replaced();
      return new LogConflictError("this server was taken for dead");
    }
    if (conflicts.has(state)) return new LogConflictError("another server was faster");
    return state.startsWith("53") || state === "58030" ? new LogFullError("no room left") : error;
  }
}

/**
 * SQLSTATEs of conflicts: serialization failure, deadlock, lock not available, unique violation, and a write on a new
 * connection on which the transaction was never begun (read-only).
 */
const conflicts: ReadonlySet<string> = new Set(["40001", "40P01", "55P03", "23505", "25006"]);

/** The SQLSTATE that the SQL function `mark` raises. */
const takenForDead = "YA001";

/** The first number of this program's advisory locks ("yan" in ASCII). */
export const lockClass = 0x79_61_6e;

/** The messages lock: shared by transactions that accept messages, exclusive for one in which a device moves (DS76). */
export const messagesLock = `${lockClass + 1}, 0`;

/**
 * Migrates the tables to this server's version, one server at a time, and enters the server among those that run, with
 * an advisory lock that shows that it lives. Servers of this version and the next may share them (docs/spec/delivery.md
 * DS83).
 *
 * @returns the number of this server, never used before.
 * @throws LogOpenError for a newer or foreign database, and for one in use by a server too old for the migration; the
 * database is not changed then.
 */
export function enter(bridge: Bridge, migrations: readonly string[]): number {
  const ask = (sql: string, ...params: number[]): Result => bridge.ask([{ sql, params }], false)[0] as Result;
  bridge.ask([begin, { sql: `SELECT pg_advisory_xact_lock(${lockClass}, 0)`, params: [] }], true);
  try {
    const known = migrations.length;
    const version = versionIn(ask);
    if (version > known + 1)
      throw new LogOpenError(
        `the database has version ${version}, this server knows ${known} and works with ${known + 1}: use a newer server`,
      );
    if (version > 0 && version <= known && !isOf(migrations, version, tablesIn(ask)))
      throw new LogOpenError(
        "the database was made before version 1, which brings nothing forward: use an empty database",
      );
    const oldest = version < known && version > 0 ? oldestServer(ask, version) : undefined;
    if (oldest !== undefined && oldest < known - 1)
      throw new LogOpenError(
        `a server of version ${oldest} uses the database, this one has ${known}: bring all servers to ${oldest + 1} first`,
      );
    for (const migration of migrations.slice(version)) ask(migration);
    ask("UPDATE yanshu_version SET version = $1", Math.max(version, known));
    const number = Number(ask("INSERT INTO gateways (version) VALUES ($1) RETURNING number", known).rows[0]?.[0]);
    ask(`SELECT pg_advisory_lock(${lockClass}, $1::int4)`, number);
    bridge.ask([commit], false);
    return number;
  } catch (error) {
    bridge.ask([rollback], false);
    throw error;
  }
}

/**
 * What a server runs on each new connection: it takes the lock that shows that it lives, and fails if the tables have a
 * version that it does not know.
 */
export function greetingOf(number: number, known: number): readonly Step[] {
  return [
    { sql: `SELECT pg_advisory_lock(${lockClass}, $1::int4)`, params: [number] },
    { sql: "SELECT 1 / (CASE WHEN version <= $1::int4 THEN 1 ELSE 0 END) FROM yanshu_version", params: [known + 1] },
  ];
}

type Ask = (sql: string, ...params: number[]) => Result;

function tablesIn(ask: Ask): readonly unknown[] {
  return ask("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").rows.map(([name]) => name);
}

/**
 * Whether the database has the tables of this version, and none of a later one. Until the first release, tables changed
 * without a new version (DS187).
 */
function isOf(migrations: readonly string[], version: number, tables: readonly unknown[]): boolean {
  const made = migrations.map((up) => [...up.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name));
  return made.every((names, place) => names.every((name) => tables.includes(name) === place < version));
}

/** The version of the database; 0 if it is empty, after creating the version's table. */
function versionIn(ask: Ask): number {
  const tables = tablesIn(ask);
  if (tables.includes("yanshu_version")) return Number(ask("SELECT version FROM yanshu_version").rows[0]?.[0]);
  if (tables.length > 0) throw new LogOpenError("the database holds tables of another program");
  ask("CREATE TABLE yanshu_version (version integer NOT NULL)");
  ask("INSERT INTO yanshu_version VALUES (0)");
  return 0;
}

/** The lowest version among running servers; undefined if none runs. Servers of version 1 did not note theirs. */
function oldestServer(ask: Ask, version: number): number | undefined {
  const [found] = ask(`
    SELECT min(${version === 1 ? "1" : "g.version"}) FROM gateways g JOIN pg_locks l
    ON l.locktype = 'advisory' AND l.classid = ${lockClass} AND l.objid::bigint = g.number AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`).rows;
  return found?.[0] == null ? undefined : Number(found[0]);
}
