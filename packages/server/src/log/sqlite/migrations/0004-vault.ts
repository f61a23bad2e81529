/**
 * 0004 vault: what an account's devices keep here for each other, sealed (docs/spec/vault.md).
 * Size: up to the quota an account; a rewritten or deleted segment is overwritten.
 * Going back is safe: version 3 reads neither table.
 */
export const up = `
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
`;
