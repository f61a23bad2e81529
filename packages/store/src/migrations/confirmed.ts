/**
 * Confirmed: whether the gate ever took something of the state that a group was entered again with (docs/spec/groups.md
 * GR18.7). Going back is safe: earlier versions do not read it.
 */
export const confirmed = `
  ALTER TABLE groups ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1;
`;
