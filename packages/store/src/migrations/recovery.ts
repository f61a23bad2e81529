/**
 * 19 recovery: what a device that restored its account has still to come back to, and who went astray elsewhere
 * (docs/spec/groups.md GR31). Size: a row a group until it is in, a few for each contact, one for each who strayed.
 * Going back is safe: version 18 reads none of it.
 */
export const recovery = `
  -- Groups that the recovery record names and this device is not in.
  CREATE TABLE comebacks (
    conversation BLOB    PRIMARY KEY,
    founding     INTEGER NOT NULL,
    doors        BLOB    NOT NULL,         -- CBOR: addresses and seal keys of members' leaves
    leaf         BLOB    NOT NULL,         -- 16 random bytes: what its package says that it replaces
    address      BLOB,                     -- of the package that is shown, once it was made
    since_ms     INTEGER NOT NULL,
    asked_ms     INTEGER NOT NULL,         -- when it was last asked; 0: not yet
    tries        INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- What draws the packages of contacts with whom there is no chat yet, since this account was restored.
  CREATE TABLE rights (
    account    BLOB NOT NULL,
    capability BLOB NOT NULL,
    PRIMARY KEY (account, capability)
  ) STRICT, WITHOUT ROWID;
  -- Accounts whose last leaves went with their devices: nobody sent them away, and they did not leave.
  CREATE TABLE strayed (
    conversation BLOB NOT NULL,
    account      BLOB NOT NULL,
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;
`;
