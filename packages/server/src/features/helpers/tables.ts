/** The tables of helpers: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import { byAccount } from "../../log/sql/owned.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";

/** A device that asks to come back by its helpers' pieces. The one time on the server that is finer than a day. */
export type FamilyRequest = {
  readonly id: Bytes;
  readonly state: "waiting" | "given" | "stopped";
  readonly dueMs: number;
};

export type FamilyRow = {
  readonly account: AccountRef;
  readonly wrap: Bytes;
  readonly request: FamilyRequest | undefined;
};

/** What an account's helpers open with their pieces, and who asks for it. One an account. */
export type HelperTables = {
  readonly familyOf: (tag: Bytes) => FamilyRow | undefined;
  readonly family: (account: AccountRef) => FamilyRow | undefined;
  /** In the place of the one before, whose request goes with it. The tag must be nobody else's. */
  readonly putFamily: (account: AccountRef, tag: Bytes, wrap: Bytes) => void;
  readonly dropFamily: (account: AccountRef) => void;
  /** In the place of the one before. */
  readonly putFamilyRequest: (account: AccountRef, request: FamilyRequest) => void;
  readonly dropFamilyRequests: (dueBeforeMs: number) => void;
};

type Columns = [
  account: number,
  wrap: Bytes,
  request: Bytes | null,
  state: FamilyRequest["state"] | null,
  dueMs: number | null,
];

export function helperTables(prepare: Prepare): HelperTables {
  const columns = "SELECT account, wrap, request, state, due_ms FROM families";
  const byTag = prepare(`${columns} WHERE tag = ? ${toChange}`);
  const of = prepare(`${columns} WHERE account = ? ${toChange}`);
  const put = prepare(`
    INSERT INTO families (account, tag, wrap) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE
    SET tag = excluded.tag, wrap = excluded.wrap, request = NULL, state = NULL, due_ms = NULL`);
  const drop = prepare("DELETE FROM families WHERE account = ?");
  const ask = prepare("UPDATE families SET request = ?, state = ?, due_ms = ? WHERE account = ?");
  const forget = prepare("UPDATE families SET request = NULL, state = NULL, due_ms = NULL WHERE due_ms < ?");
  return {
    familyOf: (tag) => row(byTag.get<Columns>(tag)),
    family: (account) => row(of.get<Columns>(account)),
    putFamily: (account, tag, wrap) => put.put(account, tag, wrap),
    dropFamily: (account) => drop.put(account),
    putFamilyRequest: (account, { id, state, dueMs }) => ask.put(id, state, dueMs, account),
    dropFamilyRequests: (dueBeforeMs) => forget.put(dueBeforeMs),
  };
}

function row(columns: Columns | undefined): FamilyRow | undefined {
  if (columns === undefined) return undefined;
  const [account, wrap, id, state, dueMs] = columns;
  const isAsked = id !== null && state !== null && dueMs !== null;
  return { account, wrap, request: isAsked ? { id, state, dueMs } : undefined };
}

/** Any device may have said no since: who asks asks anew (DS193). */
export const putBack = {
  table: "families",
  sql: "UPDATE families SET request = NULL, state = NULL, due_ms = NULL WHERE state <> 'stopped'",
};

export const owned = [
  byAccount("families", "account", ["account", "number"], "account", "tag", "wrap", "request", "state", "due_ms"),
];

/**
 * What the pieces open that an account's helpers keep, and who asks to come back by them (docs/spec/identity.md ID36).
 * Size: one row of about two hundred bytes an account that chose helpers; the next takes its place.
 */
const sqlite: Migration = {
  number: 7,
  up: `
  CREATE TABLE families (
    account INTEGER PRIMARY KEY,
    tag     BLOB    NOT NULL UNIQUE,        -- follows from a secret of which two pieces are needed; who shows it asks
    wrap    BLOB    NOT NULL,               -- the account's master key, sealed under what follows from that secret
    request BLOB,                           -- 16 random bytes of the device that asks; none: nobody does
    state   TEXT    CHECK (state IN ('waiting', 'given', 'stopped')),
    due_ms  INTEGER                         -- not before then it is answered the wrap; goes with the request
  ) STRICT;
`,
};
const postgres: Migration = {
  number: 9,
  up: `
  CREATE TABLE families (
    account bigint PRIMARY KEY,
    tag     bytea  NOT NULL UNIQUE,
    wrap    bytea  NOT NULL,
    request bytea,
    state   text   CHECK (state IN ('waiting', 'given', 'stopped')),
    due_ms  bigint
  );
`,
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
