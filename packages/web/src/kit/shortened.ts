/** Words on one line, cut where they are too long: “…” says so (packages/web/src/features/groups/README.md WE66). */

/**
 * White space becomes single spaces. @param max grapheme clusters (UAX #29), the “…” among them.
 */
export function shortened(words: string, max: number): string {
  const line = words.replace(/\s+/gu, " ").trim();
  const characters = Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);
  if (characters.length <= max) return line;
  return `${characters
    .slice(0, max - 1)
    .join("")
    .trimEnd()}…`;
}
