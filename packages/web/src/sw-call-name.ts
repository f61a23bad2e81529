/**
 * Call name: the caller's name for a notice, from the table that the page cached (docs/spec/push.md PU12, PU16). Home
 * chose the tag, so only own entries of the table count, never inherited properties.
 */

/**
 * The name for a tag; undefined: unknown.
 *
 * @param names by tag, as cached; undefined: none.
 * @param rungTitle title of the ring's notice that is shown already, for a wake-up after it, which has no tag.
 */
export function callName(names: unknown, tag: string, rungTitle?: string): string | undefined {
  if (typeof names !== "object" || names === null) return undefined;
  const own = new Map<string, unknown>(Object.entries(names));
  if (rungTitle !== undefined && [...own.values()].includes(rungTitle)) return rungTitle;
  const name = own.get(tag);
  return typeof name === "string" && name !== "" ? name : undefined;
}
