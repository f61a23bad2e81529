/**
 * Place and scene: what stands before a contact link, in the part of the address that no browser sends; who reads
 * contact links alone reads the rest as it is. A place is a page at which a mini program opens (docs/spec/programs.md
 * PR62), a scene the key of a code that a service account made (docs/spec/bridge.md PA42).
 */

/** Of either, in UTF-8: a link with it still fits a code that a camera reads. */
const beforeBytesMax = 256;
const heads = {
  p: /#p\/([A-Za-z0-9_-]{1,400})#c\/[A-Za-z0-9_-]+$/,
  s: /#s\/([A-Za-z0-9_-]{1,400})#c\/[A-Za-z0-9_-]+$/,
} as const;

/** @returns nothing where it is too long, or no contact link. */
function linkWith(kind: keyof typeof heads, words: string, contactLink: string): string | undefined {
  const at = contactLink.lastIndexOf("#c/");
  const bytes = new TextEncoder().encode(words);
  if (at < 0 || bytes.length === 0 || bytes.length > beforeBytesMax) return undefined;
  const plain = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  return `${contactLink.slice(0, at)}#${kind}/${plain}${contactLink.slice(at)}`;
}

function wordsBefore(kind: keyof typeof heads, link: string): string | undefined {
  const plain = heads[kind].exec(link.trim())?.[1];
  if (plain === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(plain.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    const words = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return bytes.length > beforeBytesMax ? undefined : words;
  } catch {
    return undefined; // It is no base64url, or no text.
  }
}

/** A page of a program as a path of the package, perhaps with what it is asked. @checks PR62 */
function isPlace(place: string): boolean {
  return /^[^/?#][^?#]*(?:\?[^#]*)?$/.test(place) && isShown(place) && !/\s/.test(place);
}

const isShown = (words: string) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(words);

/**
 * @param place such as `pages/table/table?scene=7`. @param contactLink of the account that gives the program.
 * @returns nothing where it is no place, or no such link.
 */
export function linkToPlace(place: string, contactLink: string): string | undefined {
  return isPlace(place) ? linkWith("p", place, contactLink) : undefined;
}

/** The place that a link names, if it names one. @checks PR62 */
export function placeIn(link: string): string | undefined {
  const place = wordsBefore("p", link);
  return place !== undefined && isPlace(place) ? place : undefined;
}

/** @returns nothing where the key is too long, or the link none of a contact. */
export function linkWithScene(key: string, contactLink: string): string | undefined {
  return linkWith("s", key, contactLink);
}

/** The key that a link names, for the account that made it. Longer than a button's key may be it is none. */
export function sceneIn(link: string): string | undefined {
  const key = wordsBefore("s", link);
  // @checks PA42
  return key !== undefined && key.length <= sceneKeyMax && isShown(key) ? key : undefined;
}

/** As of a button's key: it is told in the same way. */
const sceneKeyMax = 128;
