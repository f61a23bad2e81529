/**
 * Kept: since when an own message is kept to be said again, which has an end (docs/spec/sync.md SY9a). Who was there is
 * noted by more of each account's id: of what was noted before nobody counts as having been there, so what waits is
 * asked about once more and what was said is not said again. Going back is safe: nothing was there for the earlier
 * version.
 */
export const kept = `
  ALTER TABLE sent ADD COLUMN kept_ms INTEGER NOT NULL DEFAULT 0; -- device clock; 0: before this column
  UPDATE sent SET roster = x'';
  UPDATE outbox SET roster = x'' WHERE roster IS NOT NULL;
`;
