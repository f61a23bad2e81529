/**
 * 67 aside: what is kept to be said again and matters for a moment alone is counted apart, so that it pushes out
 * nothing that people said (docs/spec/programs.md PR55). Of what was kept before nothing was of that sort. Size: none.
 * A version before refuses the store.
 */
export const aside = `
  ALTER TABLE sent ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;  -- 1: of its moment alone
`;
