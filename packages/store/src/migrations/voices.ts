/**
 * 24 voices: which of its author's devices a message was heard from, for its place in the vault (docs/spec/vault.md
 * VA10). Size: five bytes a message. Going back is safe: version 23 does not read it.
 */
export const voices = `
  ALTER TABLE messages ADD COLUMN voice INTEGER; -- beginning of the device's id; null: not heard from its author
`;
