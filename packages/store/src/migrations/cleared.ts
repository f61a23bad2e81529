/**
 * 81 cleared: chats that were deleted on all own devices, and up to when (docs/spec/sync.md SY83). A device that was
 * off hears of it from any other. Size: a row a chat. A version before refuses the store.
 */
export const cleared = `
  CREATE TABLE cleared_chats (
    conversation BLOB    PRIMARY KEY,      -- may come before the conversation itself does
    up_to_ms     INTEGER NOT NULL          -- clock of the device that decided
  ) STRICT, WITHOUT ROWID;
`;
