/**
 * 77 ended by: which device dissolved a group, since one that its account has put out ends nothing
 * (docs/spec/groups.md GR49). Size: 32 bytes for each group that was dissolved. A version before refuses the store.
 */
export const endedBy = `
  ALTER TABLE conversations ADD COLUMN dissolved_by BLOB; -- the device; null: none did, or it is not known
`;
