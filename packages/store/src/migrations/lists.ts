/**
 * 0003 lists: what a person decided about chats and contacts (docs/spec/sync.md SY22–SY26, SY32, SY33).
 * Size: at most five rows a chat, a few words a contact.
 * Going back is safe: version 1 reads none of it.
 */
export const lists = `
  -- Pinned, muted, marked unread, hidden: told to own devices alone; the later stamp wins (SY32). 'alone' is this
  -- device's own: the other left a chat of two, and what is said now reaches nobody (SY24).
  CREATE TABLE chat_marks (
    conversation BLOB    NOT NULL,         -- may come before the conversation itself does
    mark         TEXT    NOT NULL CHECK (mark IN ('pinned', 'muted', 'unread', 'hidden', 'alone')),
    is_on        INTEGER NOT NULL,
    stamp_ms     INTEGER NOT NULL,         -- clock of the device that decided
    PRIMARY KEY (conversation, mark)
  ) STRICT, WITHOUT ROWID;

  -- What one notes of a contact, for own eyes and devices (SY22).
  ALTER TABLE contacts ADD COLUMN phone TEXT NOT NULL DEFAULT '';
  ALTER TABLE contacts ADD COLUMN description TEXT NOT NULL DEFAULT '';
  ALTER TABLE contacts ADD COLUMN is_starred INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE contacts ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';   -- JSON: names of tags
  ALTER TABLE contacts ADD COLUMN source TEXT NOT NULL DEFAULT '';   -- JSON: how one came to know them (SY26)

  ALTER TABLE conversations ADD COLUMN draft_ms INTEGER NOT NULL DEFAULT 0; -- when the draft was last changed (SY23)
`;
