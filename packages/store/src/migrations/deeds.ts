/**
 * 26 deeds: what commits of this device brought about, for a founding that is made from a state before them
 * (docs/spec/groups.md GR17.9), and how often a conversation that is stopped was asked for (GR22.2). Size: a small row
 * for each change of a group, 64 a group at most, for as long as home keeps what waits. Going back is safe: version 25
 * reads neither.
 */
export const deeds = `
  CREATE TABLE deeds (
    deed         INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation BLOB    NOT NULL,
    group_id     BLOB    NOT NULL,
    founding     INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,         -- that the commit led to
    done_ms      INTEGER NOT NULL,
    args         BLOB    NOT NULL          -- the job, as it stood among jobs
  ) STRICT;
  CREATE INDEX deeds_by_conversation ON deeds (conversation, deed);
  ALTER TABLE conversations ADD COLUMN asked INTEGER NOT NULL DEFAULT 0; -- askings to be let in again, since it was stopped
`;
