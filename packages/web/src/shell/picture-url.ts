/**
 * A blob URL for a picture's bytes. Views send the same bytes in new arrays at each update, so URLs are kept by
 * content: otherwise a face would flicker, and each update would leak a blob.
 */
const byArray = new WeakMap<Uint8Array, string>();
const byContent = new Map<string, string>();

export function pictureUrl(bytes: Uint8Array): string {
  const known = byArray.get(bytes);
  if (known !== undefined) return known;
  const key = `${bytes.length} ${checksum(bytes)}`;
  const url =
    byContent.get(key) ?? URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: typeOf(bytes) }));
  byContent.set(key, url);
  byArray.set(bytes, url);
  return url;
}

/** Only raster pictures are ever shown: a type that could carry script (SVG) is never declared. */
function typeOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x89) return "image/png";
  return bytes[0] === 0x52 ? "image/webp" : "image/jpeg";
}

/** Two sums in the manner of FNV-1a. With the length they tell the faces on one phone apart; nothing relies on more. */
function checksum(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) + 1;
  }
  return `${a >>> 0} ${b >>> 0}`;
}
