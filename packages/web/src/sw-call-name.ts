/**
 * Call name: who calls, as the service worker tells it from the table that the page kept (docs/spec/push.md PU12,
 * PU16). Home chose the tag, so only what stands in the table itself counts.
 */

/**
 * @param names by tag, as kept; undefined: none are kept.
 * @param rungTitle of the notice of a ring that is shown already, where this wake-up came after it and has no tag.
 */
export function callName(names: unknown, tag: string, rungTitle?: string): string | undefined {
  if (typeof names !== "object" || names === null) return undefined;
  const own = new Map<string, unknown>(Object.entries(names));
  if (rungTitle !== undefined && [...own.values()].includes(rungTitle)) return rungTitle;
  const name = own.get(tag);
  return typeof name === "string" && name !== "" ? name : undefined;
}
