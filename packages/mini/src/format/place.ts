/**
 * Place: where a link opens a mini program (docs/spec/programs.md PR62). It stands before a contact link, in the part
 * of the address that no browser sends; who reads contact links alone reads the rest as it is.
 */

/** Of a place, in UTF-8: a link with it still fits a code that a camera reads. */
const placeBytesMax = 256;
const head = /#p\/([A-Za-z0-9_-]{1,400})#c\/[A-Za-z0-9_-]+$/;

/** A page of a program as a path of the package, perhaps with what it is asked. @checks PR62 */
function isPlace(place: string): boolean {
  return (
    /^[^/?#][^?#]*(?:\?[^#]*)?$/.test(place) &&
    !/[\p{Cc}\s\u202a-\u202e\u2066-\u2069]/u.test(place) &&
    new TextEncoder().encode(place).length <= placeBytesMax
  );
}

/**
 * @param place such as `pages/table/table?scene=7`. @param contactLink of the account that gives the program.
 * @returns nothing where it is no place, or no such link.
 */
export function linkToPlace(place: string, contactLink: string): string | undefined {
  const at = contactLink.lastIndexOf("#c/");
  if (!isPlace(place) || at < 0) return undefined;
  const bytes = new TextEncoder().encode(place);
  const text = btoa(String.fromCharCode(...bytes));
  const plain = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${contactLink.slice(0, at)}#p/${plain}${contactLink.slice(at)}`;
}

/** The place that a link names, if it names one. @checks PR62 */
export function placeIn(link: string): string | undefined {
  const plain = head.exec(link.trim())?.[1];
  if (plain === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(plain.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    const place = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return isPlace(place) ? place : undefined;
  } catch {
    return undefined; // It is no base64url, or no text.
  }
}
