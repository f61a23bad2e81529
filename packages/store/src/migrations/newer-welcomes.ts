/**
 * 33 newer welcomes: Welcomes that only a later version can read, whole (docs/spec/groups.md GR46, GR47). Size: 34 MiB
 * at most. Going back is safe: version 32 reads none of it.
 */
export const newerWelcomes = `
  CREATE TABLE newer_welcomes (
    place       INTEGER PRIMARY KEY AUTOINCREMENT,
    tag         BLOB    NOT NULL UNIQUE,
    key         BLOB    NOT NULL,
    address     BLOB    NOT NULL,       -- of the key package that opens it
    envelope    BLOB    NOT NULL,
    inviter     BLOB    NOT NULL,       -- account
    circle      INTEGER NOT NULL,       -- whose it is: 0 own, 1 a contact's, 2 another's
    received_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX newer_welcomes_by_inviter ON newer_welcomes (circle, inviter, place);
`;
