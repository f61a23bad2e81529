/**
 * 5 push: which of this device's addresses wake it, as home was last told (docs/spec/push.md PU5).
 * Size: a row a conversation; it goes when home is told otherwise.
 * Going back is safe: earlier versions do not read it.
 */
export const push = `
  CREATE TABLE waking (
    address BLOB PRIMARY KEY               -- 16 bytes
  ) STRICT, WITHOUT ROWID;
`;
