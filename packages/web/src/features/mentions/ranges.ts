/**
 * Naming people while one writes: what was begun after an @, who fits it, and where the names stand in the text that
 * is sent. Pure.
 */
import type { MentionRange } from "@yanshu/client";

/** Whom one may name; without an account: everybody. */
export type Nameable = { readonly account?: string; readonly name: string };

const begunMax = 20;

/** What stands between an @ and the caret; undefined when none was begun. An @ inside a word is an address. */
export function begunMention(
  text: string,
  caret: number,
): { readonly from: number; readonly query: string } | undefined {
  const found = new RegExp(`(?:^|[^\\p{Script=Latin}\\d._-])@([^\\s@]{0,${begunMax}})$`, "u").exec(
    text.slice(0, caret),
  );
  if (found?.[1] === undefined) return undefined;
  return { from: caret - found[1].length - 1, query: found[1] };
}

/** Where `@name` of those who were chosen stands; the longest name first, and none inside another. */
export function mentionsIn(text: string, chosen: readonly Nameable[]): MentionRange[] {
  const ranges: MentionRange[] = [];
  const isFree = (at: number, length: number) =>
    ranges.every((one) => at + length <= one.at || at >= one.at + one.length);
  for (const { account, name } of [...chosen].sort((a, b) => b.name.length - a.name.length)) {
    const words = `@${name}`;
    for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) {
      if (!isFree(at, words.length)) continue;
      ranges.push({ at, length: words.length, ...(account === undefined ? {} : { account }) });
    }
  }
  return ranges.sort((a, b) => a.at - b.at);
}
