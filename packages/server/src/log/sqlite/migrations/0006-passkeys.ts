/**
 * 0006 passkeys: what a passkey opens when all of an account's devices are lost (docs/spec/identity.md ID33).
 * Size: one row of about a hundred bytes an account that has one; the next takes its place.
 * Going back is safe: version 5 does not read this table.
 */
export const up = `
  CREATE TABLE passkeys (
    account INTEGER PRIMARY KEY,
    tag     BLOB    NOT NULL UNIQUE,        -- follows from the passkey's secret; who shows it is answered the wrap
    wrap    BLOB    NOT NULL                -- the account's master key, sealed under what follows from that secret
  ) STRICT;
`;
