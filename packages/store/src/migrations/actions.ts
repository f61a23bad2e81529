/**
 * 2 actions: what people do with messages (docs/spec/actions.md AC1–AC13). Size: a row an edit, a reaction, a vote or a
 * line of a list; all go with the message they belong to. And what is kept.
 */
export const actions = `
  ALTER TABLE messages ADD COLUMN sent_ms INTEGER NOT NULL DEFAULT 0;   -- by the author's clock; 0: as at_ms
  ALTER TABLE messages ADD COLUMN edited_ms INTEGER NOT NULL DEFAULT 0; -- by the author's clock; 0: never
  ALTER TABLE messages ADD COLUMN mention INTEGER NOT NULL DEFAULT 0;   -- 1: names the own account, 2: everybody
  CREATE INDEX messages_by_mention ON messages (conversation, position) WHERE mention > 0;

  ALTER TABLE sent ADD COLUMN id BLOB;                                  -- so that a recall finds it
  CREATE INDEX sent_by_id ON sent (conversation, id);

  -- Every version of an edited text, the first one too; also of a message that has not come yet.
  CREATE TABLE edits (
    conversation BLOB    NOT NULL,
    author       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    stamp_ms     INTEGER NOT NULL,         -- by the author's clock
    body         BLOB    NOT NULL,         -- encoded text body
    said         BLOB,                     -- id of the message that told it; null for the first
    PRIMARY KEY (conversation, author, id, stamp_ms)
  ) STRICT;

  -- What members set on a message; the later stamp holds. 'by' is empty where it belongs to nobody.
  CREATE TABLE marks (
    conversation BLOB    NOT NULL,
    author       BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    kind         TEXT    NOT NULL,         -- 'reaction', 'vote', 'line', 'pin'
    by           BLOB    NOT NULL,
    key          TEXT    NOT NULL,         -- emoji, id of a line, or ''
    value        BLOB    NOT NULL,         -- CBOR by kind
    stamp_ms     INTEGER NOT NULL,
    PRIMARY KEY (conversation, author, id, kind, by, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pins ON marks (conversation, stamp_ms) WHERE kind = 'pin';

  -- Which messages repeat the beginning of another: it goes from them too when that one is recalled.
  CREATE TABLE quotes (
    conversation  BLOB NOT NULL,
    quoted_author BLOB NOT NULL,
    quoted_id     BLOB NOT NULL,
    author        BLOB NOT NULL,
    id            BLOB NOT NULL,
    PRIMARY KEY (conversation, quoted_author, quoted_id, author, id)
  ) STRICT, WITHOUT ROWID;

  -- What is kept, as it was when it was kept: a recall does not reach it. On all own devices; the later stamp wins.
  CREATE TABLE favourites (
    id       BLOB    PRIMARY KEY,
    is_on    INTEGER NOT NULL,             -- 0: let go; the rest is empty then
    name     TEXT    NOT NULL,             -- who said it
    at_ms    INTEGER NOT NULL,
    body     BLOB    NOT NULL,
    stamp_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE people ADD COLUMN pat TEXT NOT NULL DEFAULT '';                    -- what follows the name when they are patted
  ALTER TABLE conversations ADD COLUMN announcement TEXT NOT NULL DEFAULT '';    -- of a group, as last known

  -- The own words of a recalled text, to write again; only here, and only for a few minutes.
  CREATE TABLE recalled_words (
    conversation BLOB    NOT NULL,
    id           BLOB    NOT NULL,
    words        TEXT    NOT NULL,
    until_ms     INTEGER NOT NULL,
    PRIMARY KEY (conversation, id)
  ) STRICT, WITHOUT ROWID;
`;
