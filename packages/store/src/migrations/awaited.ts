/**
 * 66 awaited: who is not in the group that a conversation goes on in, since their home was gone when it was founded
 * (docs/spec/homes.md HM86). Size: none. A program of before refuses the store.
 */
export const awaited = `
  CREATE TABLE awaited (
    conversation BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    since_ms     INTEGER NOT NULL,
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;
`;
