/**
 * Naming people while one writes: what was begun after an @, who fits it, and where the names stand in the text that
 * is sent. Pure.
 */
import type { MentionRange } from "@yanshu/client";

/** Somebody who can be mentioned. Without `account`: the entry for everybody. */
export type Nameable = { readonly account?: string; readonly name: string };

/** Code points. */
const queryMax = 20;

/**
 * The mention that the caret stands in; undefined when there is none. `from`: UTF-16 index of its @. An @ after a Latin
 * letter, a digit, `.`, `_` or `-` begins none: it is an e-mail address.
 */
export function mentionQuery(
  text: string,
  caret: number,
): { readonly from: number; readonly query: string } | undefined {
  const found = new RegExp(`(?:^|[^\\p{Script=Latin}\\d._-])@([^\\s@]{0,${queryMax}})$`, "u").exec(
    text.slice(0, caret),
  );
  if (found?.[1] === undefined) return undefined;
  return { from: caret - found[1].length - 1, query: found[1] };
}

/**
 * Where `@name` of those who were chosen stands, in UTF-16 units and in their order. The longest name is looked for
 * first, so that none is found inside another; of two with the same name the first has every place.
 */
export function mentionsIn(text: string, chosen: readonly Nameable[]): MentionRange[] {
  const ranges: MentionRange[] = [];
  const isFree = (at: number, length: number) =>
    ranges.every((one) => at + length <= one.at || at >= one.at + one.length);
  for (const { account, name } of [...chosen].sort((a, b) => b.name.length - a.name.length)) {
    const token = `@${name}`;
    for (let at = text.indexOf(token); at !== -1; at = text.indexOf(token, at + token.length)) {
      if (!isFree(at, token.length)) continue;
      ranges.push({ at, length: token.length, ...(account === undefined ? {} : { account }) });
    }
  }
  return ranges.sort((a, b) => a.at - b.at);
}
