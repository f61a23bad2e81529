/** The tables of the backup (vault): statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Dialect, Migration } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import { byAccount, type Sum } from "../../log/sql/owned.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";

export type VaultRow = {
  readonly isOn: boolean;
  readonly start: number;
  readonly next: number;
  readonly bytes: number;
};

/** What an account's devices keep here for each other (docs/spec/vault.md). One that was never used is on and empty. */
export type BackupTables = {
  readonly vault: (account: AccountRef) => VaultRow;
  /** None of its segments is its own any more, whichever way it is switched; they go by `dropPassed`. */
  readonly setVault: (account: AccountRef, isOn: boolean) => void;
  /** Deletes some of the segments that a vault had before it was switched; returns how many. */
  readonly dropPassed: (account: AccountRef, most: { readonly count: number; readonly bytes: number }) => number;
  /** Vaults that have such segments. */
  readonly withPassed: () => readonly AccountRef[];
  /** At `next`, which it raises. @param at where a vault begins that is empty: `next`, or a place after it. */
  readonly appendSegment: (account: AccountRef, segment: Bytes, at?: number) => void;
  readonly record: (account: AccountRef) => Bytes | undefined;
  /** In the place of the one before; it goes with the segments. */
  readonly putRecord: (account: AccountRef, record: Bytes) => void;
  readonly segment: (account: AccountRef, at: number) => Bytes | undefined;
  readonly putSegment: (account: AccountRef, at: number, segment: Bytes) => void;
  /** The newest first, before a place; as many as fit, at least one. */
  readonly segments: (
    account: AccountRef,
    before: number,
    most: { readonly count: number; readonly bytes: number },
  ) => readonly { readonly at: number; readonly segment: Bytes }[];
};

const unused: VaultRow = { isOn: true, start: 0, next: 0, bytes: 0 };

const appendSegment: { readonly [D in Dialect]: string } = {
  // Numbered by account and place: else the numbers would tell in which order all accounts kept something (DS136).
  sqlite: "INSERT INTO segments (rowid, account, at, body) VALUES ((?1 << 31) | ?2, ?1, ?2, ?3)",
  postgres: "INSERT INTO segments (account, at, body) VALUES (?1, ?2, ?3)",
};

export function backupTables(prepare: Prepare, dialect: Dialect): BackupTables {
  const read = prepare(`SELECT is_on, start, next, bytes FROM vaults WHERE account = ? ${toChange}`);
  const put = prepare(`
    INSERT INTO vaults (account, is_on, start, next, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE
    SET is_on = excluded.is_on, start = excluded.start, next = excluded.next, bytes = excluded.bytes`);
  const passed = prepare("SELECT at, length(body) FROM segments WHERE account = ? AND at < ? ORDER BY at LIMIT ?");
  const dropPassed = prepare("DELETE FROM segments WHERE account = ? AND at <= ?");
  const withPassed = prepare(`
    SELECT account FROM vaults WHERE EXISTS
      (SELECT 1 FROM segments WHERE segments.account = vaults.account AND segments.at < vaults.start)`);
  const readRecord = prepare("SELECT body FROM records WHERE account = ?");
  const putRecord = prepare(
    "INSERT INTO records (account, body) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET body = excluded.body",
  );
  const dropRecord = prepare("DELETE FROM records WHERE account = ?");
  const append = prepare(appendSegment[dialect]);
  const find = prepare(`SELECT body FROM segments WHERE account = ? AND at = ? ${toChange}`);
  const rewrite = prepare("UPDATE segments SET body = ? WHERE account = ? AND at = ?");
  const lengths = prepare(
    "SELECT length(body) FROM segments WHERE account = ? AND at < ? AND at >= ? ORDER BY at DESC LIMIT ?",
  );
  const page = prepare("SELECT at, body FROM segments WHERE account = ? AND at < ? ORDER BY at DESC LIMIT ?");

  function vault(account: number): VaultRow {
    const row = read.get<[number, number, number, number]>(account);
    return row === undefined ? unused : { isOn: row[0] === 1, start: row[1], next: row[2], bytes: row[3] };
  }

  return {
    vault,
    setVault: (account, isOn) => {
      const { next } = vault(account);
      dropRecord.put(account);
      put.put(account, Number(isOn), next, next, 0);
    },
    appendSegment: (account, segment, begin) => {
      const { isOn, start, next, bytes } = vault(account);
      const at = start === next ? (begin ?? next) : next;
      append.put(account, at, segment);
      put.put(account, Number(isOn), start === next ? at : start, at + 1, bytes + segment.length);
    },
    dropPassed: (account, most) => {
      let [count, bytes, last] = [0, 0, -1];
      for (const [at, length] of passed.all<[number, number]>(account, vault(account).start, most.count)) {
        bytes += length;
        if (count > 0 && bytes > most.bytes) break;
        count++;
        last = at;
      }
      if (count > 0) dropPassed.put(account, last);
      return count;
    },
    withPassed: () => withPassed.all<[number]>().map(([account]) => account),
    record: (account) => readRecord.get<[Bytes]>(account)?.[0],
    putRecord: (account, record) => {
      putRecord.put(account, record);
    },
    segment: (account, at) => (at < vault(account).start ? undefined : find.get<[Bytes]>(account, at)?.[0]),
    putSegment: (account, at, segment) => {
      const { isOn, start, next, bytes } = vault(account);
      const was = find.get<[Bytes]>(account, at)?.[0].length ?? 0;
      rewrite.put(segment, account, at);
      put.put(account, Number(isOn), start, next, bytes + segment.length - was);
    },
    segments: (account, before, most) => {
      let [count, bytes] = [0, 0];
      const { start } = vault(account);
      for (const [length] of lengths.all<[number]>(account, before, start, most.count)) {
        bytes += length;
        if (count > 0 && bytes > most.bytes) break;
        count++;
      }
      // As many as are there from the place `start` on.
      return page.all<[number, Bytes]>(account, before, count).map(([at, segment]) => ({ at, segment }));
    },
  };
}

/**
 * How many segments there are, and their bytes, stand in the vault's own row (docs/spec/delivery.md DS132): there may
 * be hundreds of thousands.
 */
function countSegments(prepare: Prepare): (account: AccountRef) => Sum {
  const vault = prepare("SELECT start, next, bytes FROM vaults WHERE account = ?");
  return (account) => {
    const [start, next, bytes] = vault.get<[number, number, number]>(account) ?? [0, 0, 0];
    const count = next - start;
    return [count, bytes + count * `${account}`.length + digitsBetween(start, next)];
  };
}

/** Decimal digits of all whole numbers from `from` on and before `to`. */
function digitsBetween(from: number, to: number): number {
  let digits = 0;
  for (let [low, length] = [0, 1]; low < to; length++) {
    const high = 10 ** length;
    digits += Math.max(0, Math.min(high, to) - Math.max(low, from)) * length;
    low = high;
  }
  return digits;
}

export const owned = [
  byAccount("vaults", "account", ["account", "number"], "account", "is_on", "start", "next", "bytes"),
  { ...byAccount("segments", "account", ["at", "number"], "account", "at", "body"), counted: countSegments },
  byAccount("records", "account", ["account", "number"], "account", "body"),
];

/**
 * What an account's devices keep here for each other, sealed (docs/spec/vault.md).
 * Size: up to the quota an account; a rewritten or deleted segment is overwritten.
 */
const vaults: Migration = {
  number: 4,
  up: `
  CREATE TABLE vaults (
    account INTEGER PRIMARY KEY,
    is_on   INTEGER NOT NULL,
    start   INTEGER NOT NULL,               -- place of the first segment since it was last emptied
    next    INTEGER NOT NULL,               -- place of the segment to come; never used twice
    bytes   INTEGER NOT NULL                -- of all its segments
  ) STRICT;

  CREATE TABLE segments (
    account INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    body    BLOB    NOT NULL,               -- sealed by a device; its length is one of few
    UNIQUE (account, at)
  ) STRICT;
`,
};

/**
 * What an account's card opens when all its devices are lost (docs/spec/vault.md VA13).
 * Size: one record an account, at most 896 KiB; the next overwrites it, and it goes when the vault is switched off.
 */
const records: Migration = {
  number: 5,
  up: `
  CREATE TABLE records (
    account INTEGER PRIMARY KEY,
    body    BLOB    NOT NULL                -- sealed by a device to the account's recovery key; its length is one of few
  ) STRICT;
`,
};

/**
 * Rows of segments are numbered by account and place (docs/spec/delivery.md DS136), and no more in the order in which
 * all accounts' segments came, which told who kept something just after whom.
 */
const numbered: Migration = { number: 9, up: "UPDATE segments SET rowid = (account << 31) | at" };

const postgres: Migration = {
  number: 7,
  up: `
  CREATE TABLE vaults (
    account bigint  PRIMARY KEY,
    is_on   integer NOT NULL,
    start   bigint  NOT NULL,
    next    bigint  NOT NULL,
    bytes   bigint  NOT NULL
  );
  CREATE TABLE segments (
    account bigint NOT NULL,
    at      bigint NOT NULL,
    body    bytea  NOT NULL,
    PRIMARY KEY (account, at)
  );
  CREATE TABLE records (account bigint PRIMARY KEY, body bytea NOT NULL);
`,
};
export const migrations = { sqlite: [vaults, records, numbered], postgres: [postgres] };
