/**
 * The thread that holds the connection to PostgreSQL. It runs the requests of the server's thread, which waits
 * meanwhile (docs/decisions/0018-postgres-log.md). It decides only whether to connect again.
 */
import { type MessagePort, workerData } from "node:worker_threads";
import { type ReservedSQL, SQL } from "bun";
import type { Opening, Reply, Request, Result, Step } from "./channel.ts";

const { signal, url, port, greeting: begun } = workerData as Opening & { readonly port: MessagePort };

type Connection = { readonly pool: SQL; readonly sql: ReservedSQL; isOpen: boolean };
/** Longer than the database itself lets a statement run. */
const stepsMsMax = 25_000;
const connectSeconds = 3;
const retryMs = 50;

/**
 * Settings of every connection, also of one that the driver makes by itself. The rest of a transaction that was cut off
 * could be sent on such a connection without its BEGIN, and each statement would commit alone. So connections are
 * read-only, except in transactions that begin READ WRITE (`begin` in `database.ts`).
 */
const settings = {
  default_transaction_read_only: "on",
  synchronous_commit: "on", // `ok` means on disk, whatever the database's own default is.
  // Each statement runs many times a second and finds rows by keys: plan it once, by indexes, whatever the tables hold.
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  jit: "off",
  statement_timeout: "20000",
  lock_timeout: "5000",
  idle_in_transaction_session_timeout: "20000",
  // PostgreSQL notices if a server's machine is gone, and frees its lock with the connection (DS79).
  tcp_keepalives_idle: "10",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "3",
};

class Lost extends Error {}

let connection: Connection | undefined;
let greeting: readonly Step[] = begun;
let turn: Promise<void> = Promise.resolve();

port.on("message", (request: Request) => {
  turn = turn.then(async () => {
    const { number } = request;
    port.postMessage(await answer(request).catch((error): Reply => ({ number, kind: "away", message: String(error) })));
    Atomics.store(signal, 0, request.number);
    Atomics.notify(signal, 0);
    if (request.isLast === true) port.close();
  });
});

async function answer(request: Request): Promise<Reply> {
  const { number, steps } = request;
  try {
    const results = await run(await connected(request), steps);
    if (request.greeting !== undefined) greeting = request.greeting;
    if (request.isLast === true) await drop();
    return { number, kind: "results", results };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Lost) await drop();
    const state = stateOf(error);
    return state === undefined || isPassing(error)
      ? { number, kind: "away", message }
      : { number, kind: "refused", state, message };
  }
}

async function connected({ isFirst, waitMs }: Request): Promise<Connection> {
  if (connection?.isOpen === true) return connection;
  await drop();
  if (!isFirst) throw new Lost("the connection is gone");
  for (const endMs = performance.now() + waitMs; ; ) {
    try {
      return await connect();
    } catch (error) {
      if (!isPassing(error) || performance.now() > endMs) throw error;
      await Bun.sleep(retryMs);
    }
  }
}

async function connect(): Promise<Connection> {
  const pool = new SQL(url, {
    max: 1,
    bigint: true,
    idleTimeout: 0,
    maxLifetime: 0,
    connectionTimeout: connectSeconds,
    connection: settings,
    onclose: () => {
      made.isOpen = false;
    },
  });
  const made = { pool, isOpen: true } as { pool: SQL; sql: ReservedSQL; isOpen: boolean };
  try {
    made.sql = await pool.reserve();
    if (greeting.length > 0) await run(made, greeting);
  } catch (error) {
    await pool.close({ timeout: 0 }).catch(() => undefined);
    throw error;
  }
  connection = made;
  return made;
}

async function drop(): Promise<void> {
  const old = connection;
  connection = undefined;
  await old?.pool.close({ timeout: 0 }).catch(() => undefined);
}

/** Waits until every step has ended, also after one failed, so that the next request finds the connection idle. */
async function run({ sql }: Connection, steps: readonly Step[]): Promise<readonly Result[]> {
  const sent = Promise.allSettled(steps.map((step) => sql.unsafe(step.sql, step.params as unknown[]).values()));
  const late = Bun.sleep(stepsMsMax).then(() => {
    throw new Lost("the database does not answer");
  });
  late.catch(() => undefined);
  const ended = await Promise.race([sent, late]);
  const failed = ended.find((each) => each.status === "rejected");
  if (failed !== undefined) throw isGone(failed.reason) ? new Lost(String(failed.reason)) : failed.reason;
  return ended.map((each) => resultOf((each as PromiseFulfilledResult<Rows>).value));
}

type Rows = readonly (readonly unknown[])[] & { readonly count: number | null };

function resultOf(rows: Rows): Result {
  return { rows: Array.from(rows, (row) => Array.from(row, plain)), count: rows.count ?? 0 };
}

/** The driver returns 64-bit integers as BigInt; all stored ones fit a number. */
function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** Whether the connection is lost: the database shuts down or starts, or the network broke. */
function isGone(error: unknown): boolean {
  const state = stateOf(error);
  return state === undefined || state.startsWith("57P0") || state.startsWith("08");
}

/** As `isGone`, or the database has no free connection (53300). Nothing was run then, so trying again is safe. */
function isPassing(error: unknown): boolean {
  return isGone(error) || stateOf(error) === "53300";
}

function stateOf(error: unknown): string | undefined {
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  return code === "ERR_POSTGRES_SERVER_ERROR" && typeof errno === "string" ? errno : undefined;
}
