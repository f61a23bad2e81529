/**
 * 90 gone-on: the highest founding of which who leads said that it goes on without this account
 * (docs/spec/groups.md GR79). Size: a number a conversation. Going back is safe: version 89 does not read it.
 */
export const goneOn = `
  ALTER TABLE conversations ADD COLUMN founding_without INTEGER NOT NULL DEFAULT 0;
`;
