/**
 * 23 family: pieces that this account keeps of others, by which they come back (docs/spec/identity.md ID37).
 * Size: about a hundred bytes for each who chose this person. Going back is safe: version 22 does not read this table.
 */
export const family = `
  CREATE TABLE pieces (
    account  BLOB    PRIMARY KEY,          -- whose it is
    stamp_ms INTEGER NOT NULL,             -- theirs; the newest counts
    check_of BLOB    NOT NULL,             -- the same for all pieces of one secret
    piece    BLOB                          -- a place and 32 bytes; null: none is kept any more
  ) STRICT, WITHOUT ROWID;
`;
