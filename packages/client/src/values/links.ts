/** Links in a text: those that carry a card (docs/spec/actions.md AC15), and that of a group (GR26). */
import { decodeLink, type GroupLink } from "@yanshu/wire";

/** What ends an address: nothing more, what no address holds, or the end of a sentence. */
const end = /^[.,;:!?]*(?:$|[\s<>"'“”「」（）()，。；！？、\u202a-\u202e\u2066-\u2069])/u;

/** A web address that stands in the text as it is, and is not the beginning of another. */
export function isLinkIn(text: string, url: string): boolean {
  if (!/^https?:\/\/[^\s/]/i.test(url)) return false;
  for (let at = text.indexOf(url); at >= 0; at = text.indexOf(url, at + 1))
    if (end.test(text.slice(at + url.length))) return true;
  return false;
}

/** A group's link, and what stands after its `#`. */
export function groupLinkIn(text: string): { readonly link: GroupLink; readonly fragment: string } | undefined {
  const read = decodeLink(text);
  const fragment = /g\/[A-Za-z0-9_-]+$/.exec(text.trim())?.[0];
  return read?.kind === "group" && fragment !== undefined ? { link: read.link, fragment } : undefined;
}
