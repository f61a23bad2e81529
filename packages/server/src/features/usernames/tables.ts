/** The tables of usernames: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import { type AccountRef, LogConflictError } from "../../log/log.ts";
import { byAccount } from "../../log/sql/owned.ts";
import type { Prepare } from "../../log/sql/prepared.ts";

/** A name by which somebody is found, or was until a moment ago. `record` is sealed; absent: not to be found. */
export type UsernameRow = {
  readonly tag: Bytes;
  readonly account: AccountRef;
  readonly record: Bytes | undefined;
  readonly isHeld: boolean;
};

export type UsernameTables = {
  readonly handle: (tag: Bytes) => UsernameRow | undefined;
  /** Held by `account` from now on. */
  readonly putUsername: (tag: Bytes, account: AccountRef, record: Bytes | undefined) => void;
  /** What the account holds is given up, all but `kept`: it leads nowhere, and stays the account's for a while. */
  readonly freeUsernames: (account: AccountRef, kept: Bytes | undefined, today: number) => void;
  readonly countUsernames: (account: AccountRef) => number;
  /** All that it has or gave up goes; returns the tags. */
  readonly dropHandlesOf: (account: AccountRef) => readonly Bytes[];
  /** Nobody has this tag until it is forgotten; one that is there stays as it is. */
  readonly restHandle: (tag: Bytes, today: number) => void;
  /** Forgets what was given up before `day`. */
  readonly dropHandles: (day: number) => void;
};

export function usernameTables(prepare: Prepare): UsernameTables {
  const find = prepare(
    "SELECT account, record, CASE WHEN freed_day IS NULL THEN 1 ELSE 0 END FROM handles WHERE tag = ?",
  );
  const put = prepare(`
    INSERT INTO handles (tag, account, record) VALUES (?, ?, ?) ON CONFLICT (tag) DO UPDATE
    SET record = excluded.record, freed_day = NULL WHERE handles.account = excluded.account`);
  const free = prepare(`
    UPDATE handles SET record = NULL, freed_day = ?3 WHERE account = ?1 AND freed_day IS NULL AND tag IS DISTINCT FROM ?2`);
  const count = prepare("SELECT count(*) FROM handles WHERE account = ?");
  const dropOf = prepare("DELETE FROM handles WHERE account = ? RETURNING tag");
  const rest = prepare("INSERT INTO handles (tag, account, freed_day) VALUES (?, 0, ?) ON CONFLICT DO NOTHING");
  const drop = prepare("DELETE FROM handles WHERE freed_day < ?");
  return {
    handle: (tag) => {
      const row = find.get<[number, Bytes | null, number]>(tag);
      return row === undefined
        ? undefined
        : { tag, account: row[0], record: row[1] ?? undefined, isHeld: row[2] === 1 };
    },
    putUsername: (tag, account, record) => {
      if (put.run(tag, account, record ?? null) === 0) throw new LogConflictError("another account took the handle");
    },
    freeUsernames: (account, kept, today) => free.put(account, kept ?? null, today),
    countUsernames: (account) => count.get<[number]>(account)?.[0] ?? 0,
    dropHandlesOf: (account) => dropOf.all<[Bytes]>(account).map(([tag]) => tag),
    restHandle: (tag, today) => rest.put(tag, today),
    dropHandles: (day) => drop.put(day),
  };
}

export const owned = [byAccount("handles", "account", ["tag", "bytes"], "tag", "account", "record", "freed_day")];

/**
 * Names by which people are found, none of them as it is written (docs/spec/delivery.md DS51).
 * Size: at most three rows an account, 0.4 KB each; one that was given up goes after 90 days.
 */
const sqlite: Migration = {
  number: 3,
  up: `
  CREATE TABLE handles (
    tag       BLOB    PRIMARY KEY NOT NULL,  -- what scrypt made of the name, its first half
    account   INTEGER NOT NULL,
    record    BLOB,                          -- sealed under the second half; none: not to be found
    freed_day INTEGER                        -- it was given up on that day; none: it is held
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX handles_by_account ON handles (account);
`,
};
const postgres: Migration = {
  number: 6,
  up: `
  CREATE TABLE handles (
    tag       bytea   PRIMARY KEY,
    account   bigint  NOT NULL,
    record    bytea,
    freed_day integer
  );
  CREATE INDEX handles_by_account ON handles (account);
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
