/**
 * Joining: links that were ended before their time, so that a person who asks with one is told so and what never held
 * is not answered; and when a device was last heard that asks to be let in again (docs/spec/groups.md GR26, GR22).
 * Size: a row a link, until it would have ended. Going back is safe: earlier versions do not read it.
 */
export const joining = `
  CREATE TABLE ended_links (
    secret     BLOB    PRIMARY KEY,
    expires_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE heal_answers ADD COLUMN heard_ms INTEGER NOT NULL DEFAULT 0;  -- by our clock
`;
