/**
 * 46 resynced: whether this device passed over commits of a conversation and was let in again, so that devices may have
 * come and gone unheard of (docs/spec/sync.md SY58). Size: a number a conversation. Going back is safe: version 45 does
 * not read it.
 */
export const resynced = `
  ALTER TABLE conversations ADD COLUMN resynced INTEGER NOT NULL DEFAULT 0;
`;
