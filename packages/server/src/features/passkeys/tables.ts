/** The tables of passkeys: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { Migration } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import { byAccount } from "../../log/sql/owned.ts";
import type { Prepare } from "../../log/sql/prepared.ts";

/** What an account's passkey opens. One an account. */
export type PasskeyTables = {
  readonly passkey: (tag: Bytes) => { readonly account: AccountRef; readonly wrap: Bytes } | undefined;
  readonly hasPasskey: (account: AccountRef) => boolean;
  /** In the place of the one before. The tag must be nobody else's. */
  readonly putPasskey: (account: AccountRef, tag: Bytes, wrap: Bytes) => void;
  readonly dropPasskey: (account: AccountRef) => void;
};

export function passkeyTables(prepare: Prepare): PasskeyTables {
  const find = prepare("SELECT account, wrap FROM passkeys WHERE tag = ?");
  const has = prepare("SELECT 1 FROM passkeys WHERE account = ?");
  const put = prepare(`
    INSERT INTO passkeys (account, tag, wrap) VALUES (?, ?, ?)
    ON CONFLICT (account) DO UPDATE SET tag = excluded.tag, wrap = excluded.wrap`);
  const drop = prepare("DELETE FROM passkeys WHERE account = ?");
  return {
    passkey: (tag) => {
      const row = find.get<[number, Bytes]>(tag);
      return row === undefined ? undefined : { account: row[0], wrap: row[1] };
    },
    hasPasskey: (account) => has.get(account) !== undefined,
    putPasskey: (account, tag, wrap) => put.put(account, tag, wrap),
    dropPasskey: (account) => drop.put(account),
  };
}

export const owned = [byAccount("passkeys", "account", ["account", "number"], "account", "tag", "wrap")];

/**
 * What a passkey opens when all of an account's devices are lost (docs/spec/identity.md ID33).
 * Size: one row of about a hundred bytes an account that has one; the next takes its place.
 */
const sqlite: Migration = {
  number: 6,
  up: `
  CREATE TABLE passkeys (
    account INTEGER PRIMARY KEY,
    tag     BLOB    NOT NULL UNIQUE,        -- follows from the passkey's secret; the one who shows it is given the wrap
    wrap    BLOB    NOT NULL                -- the account's master key, sealed under what follows from that secret
  ) STRICT;
`,
};
const postgres: Migration = {
  number: 8,
  up: "CREATE TABLE passkeys (account bigint PRIMARY KEY, tag bytea NOT NULL UNIQUE, wrap bytea NOT NULL);",
};
export const migrations = { sqlite: [sqlite], postgres: [postgres] };
