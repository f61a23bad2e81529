/**
 * Links in a text: those that carry a card (docs/spec/actions.md AC15), and that of a group (GR26); and the code
 * by which a link lets somebody in at a home.
 */
import { type Bytes, decodeLink, type GroupLink } from "@yanshu/wire";
import { ClientError } from "../errors.ts";

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

/** Where the link lets somebody in, and by which code (DS27, HM77). @throws ClientError `bad-link` */
export function codeIn(text: string): { readonly server: string; readonly token: Bytes } {
  const read = decodeLink(text);
  if (read?.kind === "invite") return read.link;
  if (read?.kind === "group") return { server: read.link.server, token: read.link.token };
  if (read?.kind === "contact") return { server: read.link.server, token: read.link.capability };
  throw new ClientError("bad-link");
}
