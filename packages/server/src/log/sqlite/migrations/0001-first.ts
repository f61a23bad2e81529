/**
 * 0001 first: accounts, gates and queues (docs/spec/delivery.md DS19).
 * Size: a few KB for each account; an envelope with its list stays until its last acknowledgement. Large values are in
 * rowid tables, small rows in key order (WITHOUT ROWID): a large value in a key's page would be rewritten with every
 * neighbor.
 */
export const up = `
  CREATE TABLE server (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    incarnation BLOB    NOT NULL,           -- 16 random bytes; signed at each sign-in
    next_id     INTEGER NOT NULL DEFAULT 1  -- envelope ids below it may have been used
  ) STRICT;

  CREATE TABLE accounts (
    ref       INTEGER PRIMARY KEY AUTOINCREMENT,
    id        BLOB    NOT NULL UNIQUE,      -- hash of the inception record
    inception BLOB    NOT NULL,
    root      BLOB,                         -- the root key that counts by the device list
    next_root BLOB,                         -- hash of the key that may change it
    since_day INTEGER,                      -- on which it registered; none: it counts as old
    suspended INTEGER NOT NULL DEFAULT 0    -- 1: its devices are not let in
  ) STRICT;
  CREATE INDEX accounts_by_root ON accounts (root);

  CREATE TABLE entries (
    account INTEGER NOT NULL,
    n       INTEGER NOT NULL,               -- place in the device list
    bytes   BLOB    NOT NULL,               -- signed; public among contacts
    PRIMARY KEY (account, n)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE devices (
    ref     INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so a late ack harms nobody
    account INTEGER NOT NULL,
    id      BLOB    NOT NULL,               -- hash of the key
    key     BLOB    NOT NULL,
    held    BLOB,                           -- the pair value that the next sign-in must show
    last    BLOB,                           -- the one that the last sign-in showed
    expired INTEGER NOT NULL DEFAULT 0,     -- envelopes that waited too long, not yet told
    UNIQUE (account, id)
  ) STRICT;

  CREATE TABLE addresses (
    address BLOB    PRIMARY KEY NOT NULL,   -- 16 random bytes, one a conversation
    device  INTEGER NOT NULL,
    wakes   INTEGER NOT NULL DEFAULT 0      -- 1: a message to it wakes its device, as its owner says
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX addresses_by_device ON addresses (device);

  CREATE TABLE packages (
    ref         INTEGER PRIMARY KEY AUTOINCREMENT, -- drawn oldest first
    device      INTEGER NOT NULL,
    last_resort INTEGER NOT NULL,
    expires_day INTEGER NOT NULL,
    body        BLOB    NOT NULL
  ) STRICT;
  CREATE INDEX packages_by_device ON packages (device, last_resort);

  CREATE TABLE capabilities (
    hash   BLOB    PRIMARY KEY NOT NULL,    -- of the capability, which only its holders know
    device INTEGER NOT NULL,
    day    INTEGER NOT NULL DEFAULT 0,      -- of the last draw
    draws  INTEGER NOT NULL DEFAULT 0       -- on that day
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX capabilities_by_device ON capabilities (device);

  CREATE TABLE gates (
    id         BLOB    PRIMARY KEY NOT NULL, -- hash of the founding key
    epoch      INTEGER NOT NULL,
    post_key   BLOB    NOT NULL,
    token_hash BLOB    NOT NULL,
    last_hash  BLOB    NOT NULL,            -- of the last commit or create
    used_day   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE envelopes (
    id    INTEGER PRIMARY KEY,
    frame BLOB    NOT NULL                  -- sealed by its sender, as it is pushed
  ) STRICT;

  CREATE TABLE packed (
    envelope INTEGER PRIMARY KEY,
    devices  BLOB    NOT NULL               -- of connected recipients, four bytes each
  ) STRICT;

  CREATE TABLE queue (
    device   INTEGER NOT NULL,
    envelope INTEGER NOT NULL,
    PRIMARY KEY (device, envelope)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE waiting (
    envelope INTEGER PRIMARY KEY,
    count    INTEGER NOT NULL               -- of its rows in queue
  ) STRICT;

  CREATE TABLE days (
    day      INTEGER PRIMARY KEY,
    first_id INTEGER NOT NULL               -- of the envelopes of that day
  ) STRICT;
`;
