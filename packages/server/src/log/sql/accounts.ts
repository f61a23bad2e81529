/**
 * The accounts' half of the log, in SQL for both SQLite and PostgreSQL: statements only, no decisions. Queries for rows
 * that will be changed are marked (`toChange` in `prepared.ts`).
 */
import type { Bytes, DeviceId } from "@yanshu/wire";
import { ownedByFeatures } from "../feature-tables.ts";
import type { AccountExportLog, AccountLog, AccountRow, DeviceRef, DeviceRow } from "../log.ts";
import { type Prepare, toChange, toTake } from "./prepared.ts";

/**
 * Most ended capabilities that are kept for a device, or for the deleted devices of an account. Otherwise a malicious
 * client could make the server keep ever more.
 */
const restedMax = 4_096;

type AccountColumns = [
  ref: number,
  id: Bytes,
  inception: Bytes,
  root: Bytes | null,
  nextRoot: Bytes | null,
  sinceDay: number | null,
  suspended: number,
];
type DeviceColumns = [ref: number, id: DeviceId, key: Bytes, held: Bytes | null, last: Bytes | null, expired: number];

/** The parts that differ between the databases. */
export type AccountParts = {
  readonly everything: AccountExportLog;
  /** Deletes a device's queue. */
  readonly dropQueue: (device: DeviceRef) => void;
  /** Notes that an account was deleted: see `CoreLog.remake`. */
  readonly markRemake: () => void;
};

/** Of what waited too long for a device: twice as many fit in a column (docs/spec/peers.md PE95). */
const expiredMax = 1_000_000_000;

export function accountLog(prepare: Prepare, parts: AccountParts): AccountLog {
  return {
    ...identities(prepare, parts),
    ...addresses(prepare),
    ...packages(prepare),
    ...capabilities(prepare),
    ...parts.everything,
  };
}

function identities(prepare: Prepare, { dropQueue, markRemake }: AccountParts) {
  const columns = "SELECT ref, id, inception, root, next_root, since_day, suspended FROM accounts";
  const find = prepare(`${columns} WHERE id = ? ${toChange}`);
  const byRef = prepare(`${columns} WHERE ref = ? ${toChange}`);
  const byRoot = prepare(`${columns} WHERE root = ? ORDER BY ref LIMIT 1`);
  const create = prepare("INSERT INTO accounts (id, inception, since_day) VALUES (?, ?, ?) RETURNING ref");
  const entries = prepare("SELECT bytes FROM entries WHERE account = ? AND n >= ? ORDER BY n");
  const dropEntries = prepare("DELETE FROM entries WHERE account = ? AND n >= ?");
  const addEntry = prepare("INSERT INTO entries (account, n, bytes) VALUES (?, ?, ?)");
  const setSuspended = prepare("UPDATE accounts SET suspended = ? WHERE ref = ?");
  const setRoot = prepare("UPDATE accounts SET root = ?, next_root = ? WHERE ref = ?");
  const devices = prepare(
    `SELECT ref, id, key, held, last, expired FROM devices WHERE account = ? ORDER BY ref ${toChange}`,
  );
  const arrival = prepare(`
    SELECT a.suspended, (SELECT count(*) FROM entries WHERE account = a.ref),
      (SELECT count(*) FROM packages WHERE device = d.ref AND last_resort = 0 AND expires_day >= ?3),
      d.ref, d.id, d.key, d.held, d.last, d.expired
    FROM accounts a JOIN devices d ON d.account = a.ref WHERE a.ref = ?1 AND d.ref = ?2 ${toChange}`);
  const addDevice = prepare("INSERT INTO devices (account, id, key) VALUES (?, ?, ?) RETURNING ref");
  const featureRows = (by: "account" | "device") =>
    ownedByFeatures.filter((owned) => owned.by === by).map(({ table, owner }) => `${table} WHERE ${owner}`);
  const drops = [
    "addresses WHERE device",
    "packages WHERE device",
    "capabilities WHERE device",
    ...featureRows("device"),
    "devices WHERE ref",
  ].map((of) => prepare(`DELETE FROM ${of} = ?`));
  const dropsOfAccount = ["entries WHERE account", ...featureRows("account"), "accounts WHERE ref"].map((of) =>
    prepare(`DELETE FROM ${of} = ?`),
  );
  const dropRested = prepare("DELETE FROM capabilities WHERE device = ?");
  // `device` becomes minus the account, which is no device (DS108). One that was revoked before keeps its day.
  const rest = prepare(`
    UPDATE capabilities SET device = -(SELECT account FROM devices WHERE ref = ?1),
      day = CASE WHEN draws = -1 THEN day ELSE ?2 END, draws = -1
    WHERE device = ?1 RETURNING device`);
  const trimRested = prepare(`
    DELETE FROM capabilities WHERE device = ?1 AND hash NOT IN
      (SELECT hash FROM capabilities WHERE device = ?1 ORDER BY day DESC, hash LIMIT ?2)`);
  const orphans = prepare("SELECT DISTINCT device FROM queue WHERE device NOT IN (SELECT ref FROM devices)");
  const setPair = prepare("UPDATE devices SET last = ?, held = ? WHERE ref = ?");
  const addExpired = prepare(`
    UPDATE devices SET expired = CASE WHEN expired > ${expiredMax} - ?1 THEN ${expiredMax}
      WHEN expired + ?1 > 0 THEN expired + ?1 ELSE 0 END WHERE ref = ?2`);
  return {
    find: (id) => account(find.get<AccountColumns>(id)),
    byRef: (ref) => account(byRef.get<AccountColumns>(ref)),
    byRoot: (rootKey) => account(byRoot.get<AccountColumns>(rootKey)),
    create: (id, inception, today) => created(create.get<[number]>(id, inception, today ?? null)),
    drop: (ref) => {
      for (const drop of dropsOfAccount) drop.put(ref);
      dropRested.put(-ref);
      markRemake();
    },
    entries: (ref, from) => entries.all<[Bytes]>(ref, from).map(([bytes]) => bytes),
    putEntries: (ref, from, added) => {
      dropEntries.put(ref, from);
      for (const [i, bytes] of added.entries()) addEntry.put(ref, from + i, bytes);
    },
    setSuspended: (ref, isSuspended) => setSuspended.put(Number(isSuspended), ref),
    setRoot: (ref, { key, nextHash }) => setRoot.put(key, nextHash, ref),
    devices: (ref) => devices.all<DeviceColumns>(ref).map(device),
    arrival: (ref, of, today) => {
      const row = arrival.get<[suspended: number, entries: number, packages: number, ...DeviceColumns]>(ref, of, today);
      if (row === undefined) return undefined;
      const [suspended, entryCount, keyPackagesLeft, ...columns] = row;
      return { device: device(columns), isSuspended: suspended === 1, entryCount, keyPackagesLeft };
    },
    addDevice: (ref, id, key) => created(addDevice.get<[number]>(ref, id, key)),
    dropDevice: (ref, today) => {
      dropQueue(ref);
      const rested = today === undefined ? undefined : rest.get<[number]>(ref, today);
      if (rested !== undefined) trimRested.put(rested[0], restedMax);
      for (const drop of drops) drop.put(ref);
    },
    orphans: () => orphans.all<[number]>().map(([ref]) => ref),
    setPair: (ref, last, held) => setPair.put(last, held, ref),
    addExpired: (ref, count) => addExpired.put(Math.max(-expiredMax, Math.min(count, expiredMax)), ref),
  } satisfies Partial<AccountLog>;
}

function addresses(prepare: Prepare) {
  const find = prepare("SELECT device FROM addresses WHERE address = ?");
  const end = prepare("SELECT device, wakes FROM addresses WHERE address = ?");
  const add = prepare("INSERT INTO addresses (address, device) VALUES (?, ?)");
  const remove = prepare(
    "DELETE FROM addresses WHERE address = ? AND device IN (SELECT ref FROM devices WHERE account = ?) RETURNING device",
  );
  const count = prepare("SELECT count(*) FROM addresses WHERE device = ?");
  const silence = prepare("UPDATE addresses SET wakes = 0 WHERE device = ? AND wakes = 1");
  const wakes = prepare("UPDATE addresses SET wakes = ? WHERE address = ? AND device = ?");
  return {
    setWaking: (device, address, isWaking) => wakes.put(Number(isWaking), address, device),
    silence: (device) => silence.put(device),
    addAddress: (address, device) => {
      const owner = find.get<[number]>(address);
      if (owner !== undefined) return owner[0] === device ? "known" : "taken";
      add.put(address, device);
      return "added";
    },
    removeAddress: (address, account) => remove.get<[number]>(address, account)?.[0],
    addressDevice: (address) => find.get<[number]>(address)?.[0],
    addressEnd: (address) => {
      const row = end.get<[number, number]>(address);
      return row === undefined ? undefined : { device: row[0], wakes: row[1] === 1 };
    },
    countAddresses: (device) => count.get<[number]>(device)?.[0] ?? 0,
  } satisfies Partial<AccountLog>;
}

function packages(prepare: Prepare) {
  const add = prepare("INSERT INTO packages (device, body, expires_day, last_resort) VALUES (?, ?, ?, ?)");
  const held = prepare("SELECT ref FROM packages WHERE device = ? AND last_resort = ? AND body = ?");
  const drop = prepare("DELETE FROM packages WHERE device = ? AND last_resort = ?");
  const trim = prepare(`
    DELETE FROM packages WHERE device = ?1 AND last_resort = ?2 AND ref NOT IN
      (SELECT ref FROM packages WHERE device = ?1 AND last_resort = ?2 ORDER BY ref DESC LIMIT ?3)`);
  const dropExpired = prepare("DELETE FROM packages WHERE expires_day < ?");
  const count = prepare("SELECT count(*) FROM packages WHERE device = ? AND last_resort = 0 AND expires_day >= ?");
  const draw = prepare(`
    DELETE FROM packages WHERE ref =
      (SELECT ref FROM packages WHERE device = ? AND last_resort = 0 AND expires_day >= ? ORDER BY ref LIMIT 1 ${toTake})
    RETURNING body`);
  const lastResort = prepare(`
    SELECT body FROM packages WHERE device = ? AND last_resort = 1 AND expires_day >= ? ORDER BY ref DESC LIMIT 1`);
  return {
    addPackage: (device, body, expiresDay, isLast) => {
      if (held.get(device, Number(isLast), body) === undefined) add.put(device, body, expiresDay, Number(isLast));
    },
    dropPackages: (device, isLast) => drop.put(device, Number(isLast)),
    trimPackages: (device, kept) => {
      trim.put(device, 0, kept);
      trim.put(device, 1, 1);
    },
    dropExpiredPackages: (today) => dropExpired.put(today),
    countPackages: (device, today) => count.get<[number]>(device, today)?.[0] ?? 0,
    drawPackage: (device, today) => draw.get<[Bytes]>(device, today)?.[0],
    lastResort: (device, today) => lastResort.get<[Bytes]>(device, today)?.[0],
  } satisfies Partial<AccountLog>;
}

function capabilities(prepare: Prepare) {
  // A revoked capability has `draws` -1, and in `day` the day on which it was revoked. If its device was deleted,
  // `device` is minus the account.
  const add = prepare(`
    INSERT INTO capabilities (hash, device) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET device = excluded.device, day = 0, draws = 0
    WHERE capabilities.draws = -1 AND (SELECT account FROM devices WHERE ref = excluded.device) =
      CASE WHEN capabilities.device < 0 THEN -capabilities.device ELSE (SELECT account FROM devices WHERE ref = capabilities.device) END`);
  const remove = prepare(`
    UPDATE capabilities SET day = ?3, draws = -1
    WHERE hash = ?1 AND draws >= 0 AND device IN (SELECT ref FROM devices WHERE account = ?2)`);
  const dropEnded = prepare("DELETE FROM capabilities WHERE draws = -1 AND day < ?");
  const trimEnded = prepare(`
    DELETE FROM capabilities WHERE device = ?1 AND draws = -1 AND hash NOT IN
      (SELECT hash FROM capabilities WHERE device = ?1 AND draws = -1 ORDER BY day DESC, hash LIMIT ?2)`);
  const owner = prepare(`
    SELECT devices.account FROM capabilities JOIN devices ON devices.ref = capabilities.device
    WHERE hash = ? AND draws >= 0`);
  const count = prepare("SELECT count(*) FROM capabilities WHERE device = ? AND draws >= 0");
  const draws = prepare(`
    UPDATE capabilities SET draws = CASE WHEN day = ?1 THEN draws + 1 ELSE 1 END, day = ?1
    WHERE hash = ?2 AND draws >= 0 RETURNING draws`);
  return {
    addCapability: (hash, device) => add.put(hash, device),
    removeCapability: (hash, account, today) => remove.put(hash, account, today),
    trimEndedCapabilities: (device) => trimEnded.put(device, restedMax),
    dropEndedCapabilities: (endedBeforeDay) => dropEnded.put(endedBeforeDay),
    capabilityAccount: (hash) => owner.get<[number]>(hash)?.[0],
    countCapabilities: (device) => count.get<[number]>(device)?.[0] ?? 0,
    countDraw: (hash, today) => (draws.get<[number]>(today, hash)?.[0] ?? 1) - 1,
  } satisfies Partial<AccountLog>;
}

function account(row: AccountColumns | undefined): AccountRow | undefined {
  if (row === undefined) return undefined;
  const [ref, id, inception, key, nextHash, sinceDay, suspended] = row;
  return {
    ref,
    id,
    inception,
    root: key === null || nextHash === null ? undefined : { key, nextHash },
    sinceDay: sinceDay ?? undefined,
    isSuspended: suspended === 1,
  };
}

function device([ref, id, key, held, last, expired]: DeviceColumns): DeviceRow {
  return { ref, id, key, held: held ?? undefined, last: last ?? undefined, expired };
}

function created(row: [number] | undefined): number {
  if (row === undefined) throw new Error("invariant: an insert answers its row");
  return row[0];
}
