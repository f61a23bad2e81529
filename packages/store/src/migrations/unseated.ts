/**
 * 89 unseated: which owners an admin's founding took their role from, in that order (docs/spec/groups.md GR75). Size:
 * none. A program of before refuses the store.
 */
export const unseated = `
  CREATE TABLE unseated (
    n            INTEGER PRIMARY KEY, -- the later, the higher
    conversation BLOB NOT NULL,
    account      BLOB NOT NULL,
    UNIQUE (conversation, account)
  ) STRICT;
`;
