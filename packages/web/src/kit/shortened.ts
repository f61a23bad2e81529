/** Words on one line, cut where they are too long: “…” says so (packages/web/src/features/groups/README.md WE66). */

/** @param max characters as people count them: none is cut in two. */
export function shortened(words: string, max: number): string {
  const line = words.replace(/\s+/gu, " ").trim();
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  if (characters.length <= max) return line;
  return `${characters
    .slice(0, max - 1)
    .join("")
    .trimEnd()}…`;
}
