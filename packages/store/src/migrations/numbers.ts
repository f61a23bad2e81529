/**
 * 25 numbers: which of its device's words a message is, for its place among what the vault brings (docs/spec/vault.md
 * VA10). What the vault brought has a voice too from now on, where its record tells one. Size: two bytes a message, and
 * a small row for each that is not in the vault. Going back is safe: version 24 does not read it.
 */
export const numbers = `
  ALTER TABLE messages ADD COLUMN seq INTEGER; -- of the device that said it, in this conversation; null: not known
  CREATE INDEX messages_unplaced ON messages (conversation, author, voice, position)
    WHERE vault_order IS NULL AND seq IS NOT NULL;
`;
