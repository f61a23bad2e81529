/**
 * Framing: which markup would make an element that loads another page or connects ahead (docs/spec/programs.md PR31,
 * PR40). It is read as text and not as a tree, so that it holds for every parser, with scripting and without.
 */

const frames = "i?frame|frameset|object|embed|portal|fencedframe|applet";
const ahead = "meta|base|link";
/** A tag's prefix, which XML has: all but what ends a name. */
const prefix = "(?:[^\\t\\n\\f\\r <>/]*:)?";

/** Names of such elements. */
export const named = new RegExp(`^(?:${frames}|${ahead})$`, "i");
/**
 * Where such a tag opens: `<` right before its name, wherever in the markup that is. One whose name has no end yet may
 * go on in what is written next. Entities of XML, and its sheets, could hold any.
 */
export const openings = new RegExp(
  `<(?=${prefix}(?:${frames}|${ahead})\\b(?!-)|[^\\t\\n\\f\\r <>/]*$|!entity|\\?xml-stylesheet)`,
  "gi",
);
/** Where a script would lead a frame: `javascript:` in an address. */
export const leavesFrame = /location|navigat|javascript|href/i;

/** In a page as it is written nothing of the kind is left, nor what is read in two ways. */
const written = new RegExp(
  `<(?=${prefix}(?:${frames}|${ahead}|noscript|noembed|noframes|plaintext|xmp)\\b(?!-))`,
  "gi",
);

/**
 * A page of an app, whose tags that load or connect are words from then on. The space is none in a script, where `<`
 * before a name compares.
 */
export function withoutFrames(page: string): string {
  return page.replace(written, "< ");
}
