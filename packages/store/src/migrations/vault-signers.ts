/**
 * 30 vault signers: who told a key of the vault, and from which place on its epochs count (docs/spec/vault.md
 * VA22–VA24). Size: a few rows. Going back is safe: version 29 reads none of it.
 */
export const vaultSigners = `
  -- The device that told it, or made it; null: it came from a record or a device backup, and only opens.
  ALTER TABLE vault_keys ADD COLUMN told_by BLOB;
  -- From which place on a device that an epoch does not list any more is not believed.
  CREATE TABLE vault_begins (
    epoch INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL
  ) STRICT;
`;
