/**
 * 64 left-out: which founding left somebody out who strayed, and when (docs/spec/homes.md HM85). Who strayed before has
 * neither, and is forgotten with what meeting places look for. Size: none. Going back is safe: version 62 reads
 * neither.
 */
export const leftOut = `
  ALTER TABLE strayed ADD COLUMN left_by BLOB;      -- id of the group that this device founded; null: their devices went
  ALTER TABLE strayed ADD COLUMN founding INTEGER;  -- of that group
  ALTER TABLE strayed ADD COLUMN since_ms INTEGER;
`;
