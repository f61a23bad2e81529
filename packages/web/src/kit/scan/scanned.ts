/**
 * Where a link came from. Only a link that this device's camera read counts as meeting in person; a pasted link, or
 * one from a picture, does not. A link that was found by a handle gets a warning, so that handle is kept as long as
 * the pending link.
 */
let scanned: string | undefined;

export function noteScanned(link: string | undefined): void {
  scanned = link;
}

export function wasScanned(link: string): boolean {
  return scanned !== undefined && scanned === link;
}

type Found = { readonly link: string; readonly handle: string };
let found: Found | undefined;
const foundKey = "yanshu-found";

export function noteFound(next: Found): void {
  found = next;
  try {
    sessionStorage.setItem(foundKey, JSON.stringify(next));
  } catch {
    // Without storage the warning is lost at a reload.
  }
}

/** The handle by which the link was found; undefined: it was not. */
export function foundBy(link: string): string | undefined {
  if (found === undefined) {
    try {
      found = (JSON.parse(sessionStorage.getItem(foundKey) ?? "null") as Found | null) ?? undefined;
    } catch {
      return undefined;
    }
  }
  return found?.link === link ? found.handle : undefined;
}
