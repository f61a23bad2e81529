/**
 * 6 verified: which stored device lists were verified as they stand (docs/spec/identity.md ID23).
 * Size: 32 bytes an account. Going back is safe: version 5 verifies every list at each start.
 */
export const verified = `
  ALTER TABLE accounts ADD COLUMN verified BLOB; -- hash over the list as it was verified; null: not yet
`;
