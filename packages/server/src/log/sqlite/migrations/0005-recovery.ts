/**
 * 0005 recovery: what an account's card opens when all its devices are lost (docs/spec/vault.md VA13).
 * Size: one record an account, at most 896 KiB; it is overwritten by the next, and goes when the vault is switched off.
 * Going back is safe: version 4 does not read this table.
 */
export const up = `
  CREATE TABLE records (
    account INTEGER PRIMARY KEY,
    body    BLOB    NOT NULL                -- sealed by a device to the account's recovery key; its length is one of few
  ) STRICT;
`;
