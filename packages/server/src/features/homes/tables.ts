/** The table of homes: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import type { AccountRef, DeviceRef } from "../../log/log.ts";
import { byAccount } from "../../log/sql/owned.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";

/** A device wishes that the account leaves, on that day or after it; undefined: its days are to begin anew (DS193). */
export type Leaving = { readonly request: Bytes; readonly by: DeviceRef; readonly dueDay: number | undefined };

export type HomeRow = {
  /** The day on which it came, in days since 1970, while it has not settled. */
  readonly arrivingDay: number | undefined;
  /** The home record that was said here, and the day on which it was. */
  readonly record: Bytes | undefined;
  readonly recordDay: number | undefined;
  readonly leaving: Leaving | undefined;
  /** Its removal has begun: nobody says no any more. */
  readonly isGoing: boolean;
};

/** Of accounts that came with a list of their own, or of which a word about their homes was said. */
export type HomeTables = {
  readonly of: (account: AccountRef) => HomeRow | undefined;
  /** It has a row; one that is there stays as it is. */
  readonly note: (account: AccountRef) => void;
  readonly arrive: (account: AccountRef, day: number) => void;
  /** It is here, and nobody wishes that it leaves. */
  readonly settle: (account: AccountRef) => void;
  readonly putRecord: (account: AccountRef, record: Bytes, day: number) => void;
  /** In the place of the one before. */
  readonly putLeaving: (account: AccountRef, leaving: Leaving & { readonly dueDay: number }) => void;
  readonly stopLeaving: (account: AccountRef) => void;
  /** Its removal begins: the person wished it, or the day of leaving came. */
  readonly go: (account: AccountRef) => void;
  /**
   * Accounts whose day to leave has come or is not set, those whose removal has begun, and those that came before
   * `arrivedBeforeDay` and never settled.
   */
  readonly due: (today: number, arrivedBeforeDay: number) => readonly AccountRef[];
};

type Columns = [
  arrivingDay: number | null,
  record: Bytes | null,
  recordDay: number | null,
  request: Bytes | null,
  by: number | null,
  dueDay: number | null,
];

/** In the place of the day on which it is due: its removal has begun. */
const going = -1;

export function homeTables(prepare: Prepare): HomeTables {
  const find = prepare(
    `SELECT arriving_day, record, record_day, request, asked_by, due_day FROM homes WHERE account = ? ${toChange}`,
  );
  const note = prepare("INSERT INTO homes (account) VALUES (?) ON CONFLICT (account) DO NOTHING");
  const arrive = prepare(`
    INSERT INTO homes (account, arriving_day) VALUES (?, ?)
    ON CONFLICT (account) DO UPDATE SET arriving_day = excluded.arriving_day`);
  const settle = prepare(
    "UPDATE homes SET arriving_day = NULL, request = NULL, asked_by = NULL, due_day = NULL WHERE account = ?",
  );
  const record = prepare(`
    INSERT INTO homes (account, record, record_day) VALUES (?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET record = excluded.record, record_day = excluded.record_day`);
  const leave = prepare(`
    INSERT INTO homes (account, request, asked_by, due_day) VALUES (?, ?, ?, ?) ON CONFLICT (account) DO UPDATE
    SET request = excluded.request, asked_by = excluded.asked_by, due_day = excluded.due_day`);
  const stop = prepare("UPDATE homes SET request = NULL, asked_by = NULL, due_day = NULL WHERE account = ?");
  const go = prepare(`
    INSERT INTO homes (account, due_day) VALUES (?, ${going})
    ON CONFLICT (account) DO UPDATE SET request = NULL, asked_by = NULL, due_day = excluded.due_day`);
  const due = prepare(`
    SELECT account FROM homes
    WHERE due_day <= ? OR arriving_day < ? OR (request IS NOT NULL AND due_day IS NULL)`);
  return {
    of: (account) => {
      const found = find.get<Columns>(account);
      return found === undefined ? undefined : row(found);
    },
    note: (account) => note.put(account),
    arrive: (account, day) => arrive.put(account, day),
    settle: (account) => settle.put(account),
    putRecord: (account, bytes, day) => record.put(account, bytes, day),
    putLeaving: (account, { request, by, dueDay }) => leave.put(account, request, by, dueDay),
    stopLeaving: (account) => stop.put(account),
    go: (account) => go.put(account),
    due: (today, arrivedBeforeDay) => due.all<[number]>(today, arrivedBeforeDay).map(([account]) => account),
  };
}

function row([arrivingDay, record, recordDay, request, by, dueDay]: Columns): HomeRow {
  return {
    arrivingDay: arrivingDay ?? undefined,
    record: record ?? undefined,
    recordDay: recordDay ?? undefined,
    leaving: request !== null && by !== null ? { request, by, dueDay: dueDay ?? undefined } : undefined,
    isGoing: dueDay === going,
  };
}

/** Any device may have said no since. An earlier version takes such a request for none. */
export const putBack = { table: "homes", sql: "UPDATE homes SET due_day = NULL WHERE request IS NOT NULL" };

export const owned = [
  byAccount(
    "homes",
    "account",
    ["account", "number"],
    "account",
    "arriving_day",
    "record",
    "record_day",
    "request",
    "asked_by",
    "due_day",
  ),
];

/**
 * Where accounts are that are, or were, at another home too (docs/spec/homes.md).
 * Size: one row of at most seven hundred bytes an account that came from elsewhere or said where it is.
 */
const sqlite: Migration = {
  number: 11,
  up: `
  CREATE TABLE homes (
    account      INTEGER PRIMARY KEY,
    arriving_day INTEGER, -- in days since 1970: it came then and has not settled; none: it is here
    record       BLOB,    -- the newest that was said here of where the account is, signed by a device of it
    record_day   INTEGER, -- when it was said; goes with the record
    request      BLOB,    -- 16 random bytes of the device that wishes to leave; none: nobody does
    asked_by     INTEGER, -- that device; goes with the request
    due_day      INTEGER  -- not before that day the account leaves; goes with the request
  ) STRICT;
`,
};
const postgres: Migration = {
  number: 11,
  up: `
  CREATE TABLE homes (
    account      bigint PRIMARY KEY,
    arriving_day integer,
    record       bytea,
    record_day   integer,
    request      bytea,
    asked_by     bigint,
    due_day      integer
  );
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
