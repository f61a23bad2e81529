/**
 * PostgreSQL log: the log over one connection, which another thread holds; this thread waits for its answers. Several
 * servers may share the database (docs/spec/delivery.md DS72–DS79, docs/decisions/0018-postgres-log.md).
 */
import { blobIndex } from "../../blobs/sql-index.ts";
import type { BlobIndex } from "../../blobs/store.ts";
import { featureTables, type Log, putBackByFeatures } from "../feature-tables.ts";
import { type AccountLog, type DeviceRef, LogAwayError, LogConflictError, LogOpenError, type PeerLog } from "../log.ts";
import { accountExportLog, ofOne, ofOneShared } from "../sql/account-export.ts";
import { accountLog } from "../sql/accounts.ts";
import type { Prepare } from "../sql/prepared.ts";
import { Bridge, RefusedError } from "./bun-bridge.ts";
import { enter, greetingOf, PostgresDatabase, type Self } from "./database.ts";
import { PostgresDelivery } from "./delivery.ts";
import { migrations as shipped } from "./migrations/index.ts";
import { PostgresPeers } from "./peers.ts";
import { preparing } from "./statements.ts";

export type PostgresLogOptions = {
  /** Random bytes, for a new database; absent: the runtime's. */
  readonly random?: (length: number) => Uint8Array;
  /** As in `SqliteLogOptions`. */
  readonly restored?: boolean;
  /** For tests of an upgrade; absent: those of this version. */
  readonly migrations?: readonly string[];
  /** A monotonic clock, in ms; absent: the process's. */
  readonly nowMs?: () => number;
};

/** The log, with the index of files whose bytes are in a store that all servers reach (docs/spec/media.md ME22). */
export type PostgresLog = Log & { readonly blobs: BlobIndex };

/**
 * @param url such as `postgres://user:password@host:port/database`.
 * @throws LogOpenError if the database cannot be reached, belongs to another program or comes from a newer version.
 */
export function openPostgresLog(url: string, options: PostgresLogOptions = {}): PostgresLog {
  return openOver(new Bridge(url), options);
}

/** As `openPostgresLog`, over any bridge, as in tests. */
export function openOver(bridge: Pick<Bridge, "ask" | "close">, options: PostgresLogOptions = {}): PostgresLog {
  try {
    return opened(bridge, options);
  } catch (error) {
    bridge.close();
    if (error instanceof LogAwayError) throw new LogOpenError("the database cannot be reached: see --log");
    if (error instanceof RefusedError)
      throw new LogOpenError(`the database cannot be opened (${error.state}): see --log`);
    throw error;
  }
}

function opened(bridge: Pick<Bridge, "ask" | "close">, options: PostgresLogOptions): PostgresLog {
  const { random = randomBytes, restored, migrations = shipped, nowMs = () => performance.now() } = options;
  const entered = (): number => {
    const number = enter(bridge, migrations);
    bridge.ask([], true, { greeting: greetingOf(number, migrations.length) });
    return number;
  };
  const self: Self = { number: entered() };
  const database = new PostgresDatabase(
    bridge,
    self,
    (error) => (error instanceof RefusedError ? error.state : undefined),
    () => {
      self.number = entered();
      delivery.replaced();
      peers.replaced();
    },
    nowMs,
  );
  const peers = new PostgresPeers(database, self);
  const delivery = new PostgresDelivery(database, self, peers);
  database.gatherWith(delivery);
  const prepare = preparing(database);
  const insert = prepare("INSERT INTO server (id, incarnation) VALUES (1, ?) ON CONFLICT DO NOTHING");
  const seed = prepare("UPDATE server SET seed = ? WHERE seed IS NULL");
  database.transaction(() => {
    insert.put(random(16));
    seed.put(random(32));
  });
  if (restored === true) beginAnew(database, prepare, random(16));
  const found = prepare("SELECT incarnation FROM server").get<[Uint8Array]>();
  if (found === undefined) throw new LogOpenError("the database holds no server");
  const counts = prepare(
    "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM devices), pg_database_size(current_database())",
  );
  return {
    isShared: true,
    peers: peers.log,
    incarnation: found[0],
    transaction: (work, ahead) => database.transaction(work, ahead),
    accounts: accountsOf(prepare, delivery, peers.log),
    delivery: delivery.log,
    features: featureTables(prepare, "postgres"),
    blobs: blobIndex({
      prepare,
      transaction: (work) => patiently(() => database.transaction(work)),
      keepsParts: true,
      tidy: () => undefined,
    }),
    counts: () => {
      const [accounts, devices, bytes] = counts.get<[number, number, number]>() ?? [0, 0, 0];
      return { accounts, devices, bytes };
    },
    isThere: () => answers(database),
    // PostgreSQL vacuums by itself, and decides what it overwrites and when (DS75).
    tidy: () => false,
    isRemakeDue: () => false,
    remake: async () => 0,
    close: () => bridge.close(),
  };
}

/** The database was restored from a copy: see `SqliteLogOptions.restored`. */
function beginAnew(database: PostgresDatabase, prepare: Prepare, incarnation: Uint8Array): void {
  database.transaction(() => {
    prepare("UPDATE server SET incarnation = ?").put(incarnation);
    prepare("UPDATE devices SET held = NULL, last = NULL").put();
    prepare("DELETE FROM packages").put();
    for (const { sql } of putBackByFeatures) prepare(sql).put();
  });
}

function answers(database: PostgresDatabase): boolean {
  try {
    database.ask({ sql: "SELECT 1", params: [] });
    return true;
  } catch {
    return false; // The database is away, or was migrated to a version that this server does not know.
  }
}

const triesMax = 4;

/** Tries again after a conflict with another server. */
function patiently(work: () => void): void {
  for (let tries = 1; ; tries++) {
    try {
      work();
      return;
    } catch (error) {
      if (!(error instanceof LogConflictError) || tries === triesMax) throw error;
    }
  }
}

function accountsOf(prepare: Prepare, delivery: PostgresDelivery, peers: PeerLog): AccountLog {
  const log = accountLog(prepare, {
    everything: accountExportLog(prepare, {
      pageRows: 32,
      lengthOf: (column) => `bytes_in(${column})`,
      tables: [...ofOne, ...ofOneShared],
    }),
    dropQueue: queueDrop(prepare),
    markRemake: () => undefined,
  });
  const addAddress = prepare("INSERT INTO addresses (address, device) VALUES (?, ?)");
  return {
    ...log,
    addressEnd: (address) => delivery.addressEnd(address),
    addressDevice: (address) => delivery.addressEnd(address)?.device,
    addAddress: (address, device) => {
      const owner = delivery.addressEnd(address)?.device;
      if (owner !== undefined) return owner === device ? "known" : "taken";
      addAddress.put(address, device);
      delivery.addressAdded(address, device);
      return "added";
    },
    removeAddress: (address, account) => {
      delivery.forgetAddresses();
      return log.removeAddress(address, account);
    },
    silence: (device) => {
      delivery.forgetAddresses();
      log.silence(device);
    },
    setWaking: (device, address, isWaking) => {
      delivery.forgetAddresses();
      log.setWaking(device, address, isWaking);
    },
    dropDevice: (device, today) => {
      delivery.forgetAddresses();
      log.dropDevice(device, today);
      peers.call(device, "signed-out");
    },
  };
}

/**
 * Deletes a device's whole queue, and the envelopes that no device waits for any more.
 */
function queueDrop(prepare: Prepare): (device: DeviceRef) => void {
  const fewer = prepare(`
    WITH gone AS (DELETE FROM queue WHERE device = ? RETURNING envelope, shard),
      held AS MATERIALIZED (SELECT p.envelope, p.shard FROM pending p JOIN gone g ON g.envelope = p.envelope AND g.shard = p.shard
        ORDER BY p.envelope FOR NO KEY UPDATE OF p)
    UPDATE pending p SET count = p.count - 1 FROM held h WHERE p.envelope = h.envelope AND p.shard = h.shard`);
  const sweep = prepare(`
    WITH gone AS (DELETE FROM pending WHERE count <= 0 RETURNING envelope, shard)
    DELETE FROM envelopes e USING gone g WHERE e.id = g.envelope AND e.shard = g.shard`);
  return (device) => {
    fewer.put(device);
    sweep.put();
  };
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
