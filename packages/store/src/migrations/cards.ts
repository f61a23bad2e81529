/**
 * Cards: by which capability somebody's card may be passed on, as they told (docs/spec/identity.md ID24).
 * Size: 24 bytes for each person met. Going back is safe: earlier versions do not read it.
 */
export const cards = `
  ALTER TABLE people ADD COLUMN passing BLOB;                            -- null: they did not say that one may
  ALTER TABLE people ADD COLUMN passing_ms INTEGER NOT NULL DEFAULT 0;   -- stamp of the profile that said so
`;

/**
 * Kinds: pictures, voice, video, files and what many write on are found by kind and name too (docs/spec/search.md SE8).
 * What came before waits to be indexed. Going back is safe: earlier versions index them again as they did.
 */
export const kinds = `
  INSERT INTO unindexed (position)
    SELECT position FROM messages
    WHERE kind IN ('photos', 'voice', 'video', 'file', 'location', 'card', 'poll', 'chain')
    ON CONFLICT DO NOTHING;
`;
