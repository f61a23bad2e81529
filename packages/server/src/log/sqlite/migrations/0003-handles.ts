/**
 * 0003 handles: names by which people are found, none of them as it is written (docs/spec/delivery.md DS51).
 * Size: at most three rows an account, 0.4 KB each; one that was given up goes after 90 days.
 */
export const up = `
  CREATE TABLE handles (
    tag       BLOB    PRIMARY KEY NOT NULL,  -- what scrypt made of the name, its first half
    account   INTEGER NOT NULL,
    record    BLOB,                          -- sealed under the second half; none: not to be found
    freed_day INTEGER                        -- it was given up on that day; none: it is held
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX handles_by_account ON handles (account);
`;
