/**
 * 21 heard_before: how far others were heard by devices that are lost, until that is settled (docs/spec/sync.md SY40).
 * Size: a row a device that was heard in a chat, on a device that restored its account, until it has read the vault.
 * Going back is safe: version 20 reads none of it.
 */
export const heardBefore = `
  CREATE TABLE heard_before (
    conversation BLOB    NOT NULL,
    device       BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    highest      INTEGER,                  -- as the vault says; null: it said nothing yet
    first        INTEGER,                  -- of what was heard here; null: nothing yet
    PRIMARY KEY (conversation, device)
  ) STRICT, WITHOUT ROWID;
`;
