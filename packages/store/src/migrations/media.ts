/**
 * 4 media: files in messages, on their way here or there (docs/spec/media.md ME5, ME6).
 * Size: one row for each file that a message names; its bytes lie beside the database, encrypted as at the server.
 * Going back is safe: earlier versions read none of these tables.
 */
export const media = `
  -- Files that messages name. 'handle' is what screens know a file by: a hash of key and size, so that a file that is
  -- forwarded, and lies elsewhere at the server, is here once.
  CREATE TABLE blobs (
    handle      BLOB PRIMARY KEY,
    server      TEXT    NOT NULL,
    id          BLOB    NOT NULL,          -- its name at the server
    key         BLOB    NOT NULL,
    layers      BLOB    NOT NULL,          -- keys of 32 bytes each, the outermost last
    bytes       INTEGER NOT NULL,          -- without padding
    expires_day INTEGER NOT NULL,          -- days since 1970; 0 while it is not known
    have        BLOB    NOT NULL,          -- a bit for each chunk that lies on this device
    uses        INTEGER NOT NULL,          -- messages here that name it
    wish        TEXT    NOT NULL CHECK (wish IN ('none', 'fetch', 'send', 'paused')),
    fault       TEXT                       -- why it will not come or go by itself
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blobs_by_wish ON blobs (wish) WHERE wish IN ('fetch', 'send');

  -- Those that this device stored: its secret writes and deletes them.
  CREATE TABLE own_blobs (
    id      BLOB PRIMARY KEY,
    owner   BLOB    NOT NULL,
    written INTEGER NOT NULL,              -- bytes of ciphertext that the server has
    created INTEGER NOT NULL               -- 1: the server knows of it
  ) STRICT, WITHOUT ROWID;

  -- Messages that wait for their files to be stored.
  CREATE TABLE uploads (
    id           BLOB PRIMARY KEY,
    conversation BLOB    NOT NULL,
    body         BLOB    NOT NULL,
    roster       BLOB,                     -- who was there when it was sent
    created_ms   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Upload tokens not yet spent (ME3).
  CREATE TABLE upload_tokens (
    input  BLOB PRIMARY KEY,
    output BLOB    NOT NULL,
    epoch  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Voice messages that were listened to here.
  CREATE TABLE heard_voice (
    conversation BLOB NOT NULL,
    id           BLOB NOT NULL,
    PRIMARY KEY (conversation, id)
  ) STRICT, WITHOUT ROWID;
`;
