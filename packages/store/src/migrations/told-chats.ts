/**
 * 31 told chats: when something was last said in a group that another own device told of, until this one is let in
 * (docs/spec/sync.md SY41). Size: a row a group, for as long. Going back is safe: version 30 reads none of it.
 */
export const toldChats = `
  CREATE TABLE told_chats (
    conversation BLOB    PRIMARY KEY,
    active_ms    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
