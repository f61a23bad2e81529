/**
 * 0008 invitations: codes that let in so many people until some time (docs/spec/delivery.md DS140), since which day an account is here
 * (DS141), and which the operator lets in no more (DS142).
 * Size: a row of about a hundred bytes an invitation, for 30 days after its end.
 */
export const up = `
  CREATE TABLE invitations (
    ref     INTEGER PRIMARY KEY AUTOINCREMENT, -- by which the operator means it
    hash    BLOB    NOT NULL UNIQUE,           -- of the code, which stands in the link alone
    people  INTEGER,                           -- how many it lets in; none: as many as come
    taken   INTEGER NOT NULL DEFAULT 0,        -- how many came; who they are is not kept
    ends_ms INTEGER,                           -- as the operator chose; none: it does not by itself
    ended   INTEGER NOT NULL DEFAULT 0         -- 1: by the operator
  ) STRICT;
  ALTER TABLE accounts ADD COLUMN since_day INTEGER;                    -- none: before this version
  ALTER TABLE accounts ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0; -- 1: its devices are not let in
`;
