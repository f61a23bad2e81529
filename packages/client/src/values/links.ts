/** Links that carry a card (docs/spec/actions.md AC15). */

/** What ends an address: nothing more, what no address holds, or the end of a sentence. */
const end = /^[.,;:!?]*(?:$|[\s<>"'“”「」（）()，。；！？、\u202a-\u202e\u2066-\u2069])/u;

/** A web address that stands in the text as it is, and is not the beginning of another. */
export function isLinkIn(text: string, url: string): boolean {
  if (!/^https?:\/\/[^\s/]/i.test(url)) return false;
  for (let at = text.indexOf(url); at >= 0; at = text.indexOf(url, at + 1))
    if (end.test(text.slice(at + url.length))) return true;
  return false;
}
