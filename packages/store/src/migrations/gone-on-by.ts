/**
 * 91 gone-on-by: who said what version 90 keeps (docs/spec/groups.md GR83). Of what was said before it nobody knows
 * whose word it was, and it counts for nothing. Size: an account a conversation. Going back is safe: version 90 does
 * not read it.
 */
export const goneOnBy = `
  ALTER TABLE conversations ADD COLUMN founding_without_by BLOB;
`;
