/**
 * How one came by a link. Which one this device's camera read: only that counts as having met in person. A link that
 * was pasted, or found in a picture that somebody sent, does not. And which one a handle led to, of which the person is
 * warned: that is kept as long as the link that was opened is.
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
    // Without it the warning lasts as long as the page.
  }
}

/** The handle that led to it. */
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
