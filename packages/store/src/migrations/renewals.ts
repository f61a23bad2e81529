/**
 * Renewals: from when a leaf's keys are old, and which commits with nothing but a path a group had of late (GR25).
 * Size: one row a group, and at most twelve more. Going back is safe: version 7 does not read these tables.
 */
export const renewals = `
  CREATE TABLE renewals (
    group_id BLOB    PRIMARY KEY,
    due_ms   INTEGER NOT NULL              -- this device's clock
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE path_commits (
    group_id BLOB    NOT NULL,
    epoch    INTEGER NOT NULL,             -- the one that it began
    at_ms    INTEGER NOT NULL,             -- when it came to this device
    PRIMARY KEY (group_id, epoch)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Whose each of them was, so that one device cannot use up the day of all. Going back is safe: what was before counts
 * as one's.
 */
export const renewers = `
  ALTER TABLE path_commits ADD COLUMN device BLOB NOT NULL DEFAULT x'';
`;
