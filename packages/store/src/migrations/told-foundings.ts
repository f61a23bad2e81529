/**
 * 80 told-foundings: the highest founding of a conversation that a group had here, or one that was refused
 * (docs/spec/groups.md GR67). What was only told counts so far above it; a number from before is cut to that. Of a
 * conversation without a group nobody can say which it was. Size: a number a conversation. Going back is safe: version
 * 75 does not read it.
 */
export const toldFoundings = `
  ALTER TABLE conversations ADD COLUMN founding_held INTEGER NOT NULL DEFAULT 0;
  UPDATE conversations SET founding_held = coalesce(
    (SELECT g.founding FROM groups AS g WHERE g.group_id = conversations.group_id), min(founding, 500)
  );
  UPDATE conversations SET founding = min(founding, founding_held + 500);
`;
