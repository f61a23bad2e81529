/**
 * 32 too new: what a later version said, whole, until an update can read it (docs/spec/sync.md SY50–SY52). Size: some
 * kilobytes while a contact has a later version, 8 MiB a conversation at most. Going back is safe: version 31 reads
 * none of it.
 */
export const tooNew = `
  CREATE TABLE too_new (
    place        INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation BLOB    NOT NULL,
    author       BLOB    NOT NULL,
    device       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    seq          INTEGER NOT NULL,
    position     INTEGER NOT NULL,       -- where it stands, or would
    at_ms        INTEGER NOT NULL,       -- never later than when it came
    sent_ms      INTEGER NOT NULL,
    body         BLOB    NOT NULL,
    UNIQUE (conversation, author, id)
  ) STRICT;
  CREATE INDEX too_new_by_author ON too_new (conversation, author, place);
  CREATE INDEX too_new_by_position ON too_new (position);
  -- What is taken back or deleted is gone here too.
  CREATE TRIGGER too_new_erased AFTER UPDATE OF kind ON messages WHEN new.kind IN ('recalled', 'deleted') BEGIN
    DELETE FROM too_new WHERE conversation = new.conversation AND author = new.author AND id = new.id;
  END;
  CREATE TRIGGER too_new_recalled AFTER INSERT ON messages WHEN new.kind IN ('recalled', 'deleted') BEGIN
    DELETE FROM too_new WHERE conversation = new.conversation AND author = new.author AND id = new.id;
  END;
  CREATE TRIGGER too_new_gone AFTER DELETE ON messages BEGIN
    DELETE FROM too_new WHERE conversation = old.conversation AND author = old.author AND id = old.id;
  END;

  -- Items of own devices that this version does not know.
  CREATE TABLE unknown_items (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    item  BLOB NOT NULL UNIQUE,
    by    BLOB NOT NULL                  -- the device that told it
  ) STRICT;

  -- Segments of the vault in which something stands that this version does not know.
  CREATE TABLE vault_newer (
    at   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL                   -- of its bytes when they were first read, and believed
  ) STRICT;
`;
