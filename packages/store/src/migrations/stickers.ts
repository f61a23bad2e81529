/**
 * 11 stickers: what a person keeps to send again, on all own devices (docs/spec/media.md ME17).
 * Size: at most 26 KB a sticker, and 300 of them.
 * Going back is safe: earlier versions do not read it.
 */
export const stickers = `
  CREATE TABLE own_stickers (
    id       BLOB    PRIMARY KEY,            -- made of what it shows
    is_on    INTEGER NOT NULL,               -- 0: let go; the body is empty then
    place    INTEGER NOT NULL,               -- the higher stands first
    body     BLOB    NOT NULL,               -- an encoded sticker body; empty until it came
    stamp_ms INTEGER NOT NULL                -- the later holds
  ) STRICT, WITHOUT ROWID;
`;
