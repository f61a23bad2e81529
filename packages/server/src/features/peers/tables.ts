/** The tables of peers: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import { type Prepare, toChange } from "../../log/sql/prepared.ts";
import { type StreamTables, streamPostgres, streamSqlite, streamsOfNobody, streamTables } from "./stream-tables.ts";

/** What the operator said of a server. */
export type PeerPolicy = "none" | "allowed" | "denied";
const policies: readonly PeerPolicy[] = ["none", "allowed", "denied"];

export type PeerRow = {
  readonly ref: number;
  readonly name: string;
  readonly policy: PeerPolicy;
  /** The key that it showed first, or that took the place of that; none: it was not met, or it is to be met anew. */
  readonly signKey: Bytes | undefined;
  /** The day on which it was met, in days since 1970. */
  readonly sinceDay: number | undefined;
};

export type PeerTables = StreamTables & {
  readonly byRef: (ref: number) => PeerRow | undefined;
  readonly of: (name: string) => PeerRow | undefined;
  readonly all: () => readonly PeerRow[];
  /** It has a row from now on. */
  readonly setPolicy: (name: string, policy: PeerPolicy) => void;
  /** The key under which it is known; the day of the first stays. */
  readonly pin: (name: string, signKey: Bytes, day: number) => void;
  /** The key that it shows next is taken. */
  readonly unpin: (name: string) => void;
};

type Columns = [ref: number, name: string, policy: number, signKey: Bytes | null, sinceDay: number | null];
const columns = "ref, server, policy, sign_key, since_day";

export function peerTables(prepare: Prepare): PeerTables {
  const find = prepare(`SELECT ${columns} FROM peers WHERE server = ? ${toChange}`);
  const byRef = prepare(`SELECT ${columns} FROM peers WHERE ref = ?`);
  const all = prepare(`SELECT ${columns} FROM peers ORDER BY server`);
  const policy = prepare(`
    INSERT INTO peers (server, policy) VALUES (?, ?) ON CONFLICT (server) DO UPDATE SET policy = excluded.policy`);
  const pin = prepare(`
    INSERT INTO peers (server, policy, sign_key, since_day) VALUES (?, 0, ?, ?) ON CONFLICT (server) DO UPDATE
    SET sign_key = excluded.sign_key, since_day = coalesce(peers.since_day, excluded.since_day)`);
  const unpin = prepare("UPDATE peers SET sign_key = NULL WHERE server = ?");
  return {
    ...streamTables(prepare),
    byRef: (ref) => {
      const found = byRef.get<Columns>(ref);
      return found && row(found);
    },
    of: (name) => {
      const found = find.get<Columns>(name);
      return found && row(found);
    },
    all: () => all.all<Columns>().map(row),
    setPolicy: (name, said) => policy.put(name, policies.indexOf(said)),
    pin: (name, signKey, day) => pin.put(name, signKey, day),
    unpin: (name) => unpin.put(name),
  };
}

function row([ref, name, policy, signKey, sinceDay]: Columns): PeerRow {
  return {
    ref,
    name,
    policy: policies[policy] ?? "none",
    signKey: signKey ?? undefined,
    sinceDay: sinceDay ?? undefined,
  };
}

export const ofNobody = ["peers", ...streamsOfNobody];

/**
 * Servers that this one has met, or of which the operator said something (docs/spec/peers.md PE4).
 * Size: some three hundred bytes a server; twenty new ones an hour at most.
 */
const sqlite: Migration = {
  number: 12,
  up: `
  CREATE TABLE peers (
    ref       INTEGER PRIMARY KEY,
    server    TEXT    NOT NULL UNIQUE,
    policy    INTEGER NOT NULL, -- the operator's word: 0 none, 1 allowed, 2 denied
    sign_key  BLOB,             -- under which it is known
    since_day INTEGER           -- since when, in days since 1970
  ) STRICT;
`,
};
const postgres: Migration = {
  number: 12,
  up: `
  CREATE TABLE peers (
    ref       bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server    text    NOT NULL UNIQUE,
    policy    integer NOT NULL,
    sign_key  bytea,
    since_day integer
  );
`,
};
export const migrations = { sqlite: [sqlite, streamSqlite], postgres: [postgres, streamPostgres] };
