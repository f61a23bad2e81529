/**
 * 9 jobs: when a job was put off, and whether a creating post may have left (docs/spec/groups.md GR14.5, GR15.7).
 * Size: a number a job and one a commit in flight. Going back is safe: version 8 reads neither.
 */
export const jobs = `
  ALTER TABLE jobs ADD COLUMN put_off_ms INTEGER NOT NULL DEFAULT 0; -- when due_ms was decided: a clock that shows less was set back
  ALTER TABLE pending_commits ADD COLUMN posted INTEGER NOT NULL DEFAULT 1; -- 0: it never left this device
`;
