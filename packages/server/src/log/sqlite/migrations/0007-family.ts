/**
 * 0007 family: what the pieces open that an account's family keeps, and who asks to come back by them (docs/spec/identity.md ID36).
 * Size: one row of about two hundred bytes an account that chose helpers; the next takes its place.
 * Going back is safe: version 6 does not read this table.
 */
export const up = `
  CREATE TABLE families (
    account INTEGER PRIMARY KEY,
    tag     BLOB    NOT NULL UNIQUE,        -- follows from a secret of which two pieces are needed; who shows it asks
    wrap    BLOB    NOT NULL,               -- the account's master key, sealed under what follows from that secret
    request BLOB,                           -- 16 random bytes of the device that asks; none: nobody does
    state   TEXT    CHECK (state IN ('waiting', 'given', 'stopped')),
    due_ms  INTEGER                         -- not before then it is answered the wrap; goes with the request
  ) STRICT;
`;
