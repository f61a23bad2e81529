/**
 * Which link this device's camera read: only that counts as having met in person. A link that was pasted,
 * or found in a picture that somebody sent, does not.
 */
let scanned: string | undefined;

export function noteScanned(link: string | undefined): void {
  scanned = link;
}

export function wasScanned(link: string): boolean {
  return scanned !== undefined && scanned === link;
}
