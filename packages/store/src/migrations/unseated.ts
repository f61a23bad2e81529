/**
 * 84 unseated: which owners an admin's founding took their role from (docs/spec/groups.md GR75). Size: none. A program
 * of before refuses the store.
 */
export const unseated = `
  CREATE TABLE unseated (
    conversation BLOB NOT NULL,
    account      BLOB NOT NULL,
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;
`;
