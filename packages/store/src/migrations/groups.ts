/**
 * Groups: coming in by a link, being asked, ending it, and what members are called there (docs/spec/groups.md
 * GR26–GR29). Size: a row a nickname, and one for each who asks or is asked, until it is decided.
 */
export const groups = `
  ALTER TABLE conversations ADD COLUMN approval INTEGER NOT NULL DEFAULT 0;  -- 1: who asks to come in waits for owner or admins
  ALTER TABLE conversations ADD COLUMN link BLOB;                            -- CBOR of the group's link, as last known; null: none
  ALTER TABLE conversations ADD COLUMN dissolved INTEGER NOT NULL DEFAULT 0; -- 1: its owner ended it

  -- What members are called in a group. Their own word outranks what others retell; of two own ones the later holds.
  CREATE TABLE nicknames (
    conversation BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    name         TEXT    NOT NULL,         -- empty: taken back
    own_word     INTEGER NOT NULL,
    stamp_ms     INTEGER NOT NULL,         -- by its author's clock
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;

  -- Groups that this person asked to come into by a link, until they put it aside.
  CREATE TABLE joins (
    secret       BLOB    PRIMARY KEY,
    link         TEXT    NOT NULL,         -- what stands after the '#'
    state        TEXT    NOT NULL CHECK (state IN ('asking', 'waiting', 'refused', 'expired', 'used-up', 'reset', 'in')),
    address      BLOB    NOT NULL,         -- of the key package that was handed over
    asked_ms     INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    conversation BLOB,                     -- once it is in
    doors        BLOB                      -- whom the link's card names, once it was read
  ) STRICT, WITHOUT ROWID;

  -- Who asks to come in here, for those who may decide.
  CREATE TABLE join_requests (
    conversation BLOB    NOT NULL,
    account      BLOB    NOT NULL,
    name         TEXT    NOT NULL,
    packages     BLOB    NOT NULL,         -- CBOR: their key packages
    asked_ms     INTEGER NOT NULL,         -- by their clock
    received_ms  INTEGER NOT NULL,
    PRIMARY KEY (conversation, account)
  ) STRICT, WITHOUT ROWID;

  -- The last asking of each device, so that an old one shown again lets nobody in.
  CREATE TABLE join_askings (
    conversation BLOB    NOT NULL,
    device       BLOB    NOT NULL,
    asked_ms     INTEGER NOT NULL,
    PRIMARY KEY (conversation, device)
  ) STRICT, WITHOUT ROWID;

  -- What newcomers register with who come by a link that was made here; taken back at home when the link is.
  CREATE TABLE link_tokens (
    token        BLOB PRIMARY KEY,
    conversation BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- As before, and 'own-names': members are shown by their own names, not by what they are called in the group.
  CREATE TABLE marks_of_chats (
    conversation BLOB    NOT NULL,
    mark         TEXT    NOT NULL CHECK (mark IN ('pinned', 'muted', 'unread', 'hidden', 'alone', 'own-names')),
    is_on        INTEGER NOT NULL,
    stamp_ms     INTEGER NOT NULL,
    PRIMARY KEY (conversation, mark)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO marks_of_chats SELECT conversation, mark, is_on, stamp_ms FROM chat_marks;
  DROP TABLE chat_marks;
  ALTER TABLE marks_of_chats RENAME TO chat_marks;
`;
