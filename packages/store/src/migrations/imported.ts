/**
 * 22 imported: chats that were brought from elsewhere, to be read alone (docs/spec/keeping.md KP9).
 * Going back is safe: to version 21 such a chat is a group that was left.
 */
export const imported = `
  ALTER TABLE conversations ADD COLUMN imported TEXT;  -- from which program; null: it was said here
`;
