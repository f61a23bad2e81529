/**
 * 18 vault: what this device has still to put into the account's vault, and to read from it (docs/spec/vault.md).
 * Size: two small rows a message that is in it. Going back is safe: version 17 reads none of it.
 *
 * Triggers keep it true, no matter what writes `messages`: what was said or changed waits in `unvaulted`, in the
 * transaction that stored it; where it stood before is written anew once it was erased.
 */
const belongs = "new.state = 'sent' AND new.kind NOT IN ('system', 'leave', 'newer')";
const again = "ON CONFLICT (position) DO UPDATE SET turn = turn + 1";
const ofMessage = `
    SELECT position, 0 FROM messages
    WHERE conversation = new.conversation AND author = new.author AND id = new.id
      AND state = 'sent' AND kind NOT IN ('system', 'leave', 'newer')`;

export const vault = `
  -- 1: it came from the vault. 2: it was deleted on another own device, and stays out of the vault.
  ALTER TABLE messages ADD COLUMN vault INTEGER NOT NULL DEFAULT 0;
  -- Where it stands among what the vault has of its conversation; null: it is not known to be there.
  ALTER TABLE messages ADD COLUMN vault_order BLOB;
  -- The order of others is not told by it. 1: it stands later here, for it came late. 2: it was recalled before it came.
  ALTER TABLE messages ADD COLUMN astray INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX messages_by_vault_order ON messages (conversation, vault_order) WHERE vault_order IS NOT NULL AND astray = 0;
  CREATE INDEX messages_in_vault ON messages (conversation, position, vault_order) WHERE vault_order IS NOT NULL AND astray = 0;
  CREATE INDEX messages_astray ON messages (conversation, position, vault_order) WHERE astray = 1;

  CREATE TABLE vault_keys (
    id    BLOB    PRIMARY KEY,             -- begins the segments that it opens
    epoch INTEGER NOT NULL,                -- of the own device list (ID4): of the newest the next segment is sealed
    key   BLOB    NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE unvaulted (
    position INTEGER PRIMARY KEY,          -- messages.position
    turn     INTEGER NOT NULL              -- how often it changed while it waited
  ) STRICT;
  CREATE TABLE vault_places (
    position INTEGER NOT NULL,             -- messages.position
    at       INTEGER NOT NULL,             -- of a segment that says something of it
    PRIMARY KEY (position, at)
  ) STRICT, WITHOUT ROWID;
  -- Segments that were not read yet.
  CREATE TABLE vault_unread (
    below  INTEGER PRIMARY KEY,            -- the first place after them
    start  INTEGER NOT NULL,
    locked INTEGER NOT NULL DEFAULT 0      -- 1: no key that is held opens it
  ) STRICT;
  -- Segments in which something stands that was erased since.
  CREATE TABLE vault_rewrites (
    at INTEGER PRIMARY KEY
  ) STRICT;
  -- Chats that were deleted on some own device, and up to when: the vault holds nothing of before.
  CREATE TABLE vault_clears (
    conversation BLOB    PRIMARY KEY,
    up_to_ms     INTEGER NOT NULL,
    told         INTEGER NOT NULL          -- 1: the vault says so
  ) STRICT, WITHOUT ROWID;
  -- Groups as the newest segment says of them: a device that was not in one any more before this device came finds it here.
  CREATE TABLE vault_groups (
    conversation BLOB    PRIMARY KEY,
    at           INTEGER NOT NULL,
    state        TEXT    NOT NULL
  ) STRICT, WITHOUT ROWID;

  INSERT INTO unvaulted (position, turn)
    SELECT position, 0 FROM messages WHERE state = 'sent' AND kind NOT IN ('system', 'leave', 'newer');
  CREATE TRIGGER vault_said AFTER INSERT ON messages WHEN ${belongs} BEGIN
    INSERT INTO unvaulted (position, turn) VALUES (new.position, 0) ${again};
  END;
  CREATE TRIGGER vault_changed AFTER UPDATE OF kind, body, state, edited_ms ON messages WHEN ${belongs} BEGIN
    INSERT INTO unvaulted (position, turn) VALUES (new.position, 0) ${again};
  END;
  -- An edit keeps what it changes; everything else that changes words takes them back.
  CREATE TRIGGER vault_erased AFTER UPDATE OF kind, body ON messages
    WHEN new.kind <> old.kind OR (new.body <> old.body AND new.edited_ms = old.edited_ms) BEGIN
    INSERT INTO vault_rewrites (at) SELECT at FROM vault_places WHERE position = old.position ON CONFLICT DO NOTHING;
  END;
  CREATE TRIGGER vault_gone AFTER DELETE ON messages BEGIN
    DELETE FROM unvaulted WHERE position = old.position;
    INSERT INTO vault_rewrites (at) SELECT at FROM vault_places WHERE position = old.position ON CONFLICT DO NOTHING;
    DELETE FROM vault_places WHERE position = old.position;
  END;
  CREATE TRIGGER vault_marked AFTER INSERT ON marks BEGIN
    INSERT INTO unvaulted (position, turn) ${ofMessage} ${again};
  END;
  CREATE TRIGGER vault_remarked AFTER UPDATE ON marks BEGIN
    INSERT INTO unvaulted (position, turn) ${ofMessage} ${again};
  END;
  -- A chat that ends says how: its newest message tells it once more.
  CREATE TRIGGER vault_ended AFTER UPDATE OF state ON conversations
    WHEN new.state IN ('left', 'removed') AND new.state <> old.state BEGIN
    INSERT INTO unvaulted (position, turn)
      SELECT position, 0 FROM messages
      WHERE conversation = new.conversation AND state = 'sent' AND kind NOT IN ('system', 'leave', 'newer')
      ORDER BY position DESC LIMIT 1 ${again};
  END;
`;
