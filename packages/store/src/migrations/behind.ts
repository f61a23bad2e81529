/**
 * 75 behind: which own message a device has not heard by its own word, and when that was first noticed
 * (docs/spec/sync.md SY70). Size: two numbers a device. A version before refuses the store.
 */
export const behind = `
  ALTER TABLE heard ADD COLUMN behind_seq INTEGER;  -- of an own message; null: none is known
  ALTER TABLE heard ADD COLUMN behind_ms INTEGER;
`;
