/**
 * Strip: removes a picture file's metadata: place, time, device, thumbnail (docs/spec/media.md ME10). The image data is
 * unchanged. A JPEG keeps its orientation and color profile.
 *
 * Pure. An unknown format is refused, because it may hide metadata.
 */
export type Stripped = {
  readonly bytes: Uint8Array;
  readonly type: "image/jpeg" | "image/png" | "image/webp" | "image/gif";
};

/** The file without metadata; undefined: an unknown format, or a broken file. */
export function strip(bytes: Uint8Array): Stripped | undefined {
  try {
    if (begins(bytes, [0xff, 0xd8, 0xff])) return { bytes: stripJpeg(bytes), type: "image/jpeg" };
    if (begins(bytes, [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])) return { bytes: stripPng(bytes), type: "image/png" };
    if (textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 4) === "WEBP")
      return { bytes: stripWebp(bytes), type: "image/webp" };
    if (textAt(bytes, 0, 3) === "GIF") return { bytes: stripGif(bytes), type: "image/gif" };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // The file is cut off or has a wrong length.
    throw error;
  }
  return undefined;
}

function stripJpeg(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let turn = 1;
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++; // Fill bytes.
      continue;
    }
    const length = 2 + view.getUint16(at + 2);
    const segment = slice(bytes, at, at + length);
    if (marker === 0xe1) turn = orientationIn(segment) ?? turn;
    // Kept: JFIF, the color profile and Adobe's color transform. Dropped: all other APPn segments, and comments.
    const isMeta = (marker >= 0xe1 && marker <= 0xef && marker !== 0xe2 && marker !== 0xee) || marker === 0xfe;
    const isProfile = marker === 0xe2 && textAt(segment, 4, 11) === "ICC_PROFILE";
    if (!isMeta && (marker !== 0xe2 || isProfile)) kept.push(segment);
    at += length;
    if (marker === 0xda) return joined([...insertedTurn(kept, turn), untilEnd(bytes, at)]);
  }
  throw new RangeError("no picture in it");
}

/** The bytes up to the end marker: after it some phones append a video or another picture. */
function untilEnd(bytes: Uint8Array, from: number): Uint8Array {
  const view = viewOf(bytes);
  let at = from;
  for (;;) {
    const next = bytes.indexOf(0xff, at);
    if (next < 0 || next + 1 >= bytes.length) throw new RangeError("no end");
    const marker = view.getUint8(next + 1);
    if (marker === 0xd9) return bytes.subarray(from, next + 2);
    // In a scan: stuffed bytes and restart markers. Between the scans of a progressive JPEG: tables and headers.
    if (marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) at = next + (marker === 0xff ? 1 : 2);
    else at = next + 2 + view.getUint16(next + 2);
  }
}

function insertedTurn(kept: readonly Uint8Array[], turn: number): readonly Uint8Array[] {
  if (turn === 1) return kept;
  // The smallest EXIF with an orientation: TIFF, big-endian, one entry.
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0];
  const exif = Uint8Array.from([0xff, 0xe1, 0, 8 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff]);
  return [...kept.slice(0, 1), exif, ...kept.slice(1)];
}

function orientationIn(segment: Uint8Array): number | undefined {
  if (textAt(segment, 4, 4) !== "Exif") return undefined;
  const tiff = segment.subarray(10);
  const view = viewOf(tiff);
  const isLittle = textAt(tiff, 0, 2) === "II";
  try {
    const first = view.getUint32(4, isLittle);
    for (let i = 0; i < view.getUint16(first, isLittle); i++) {
      const entry = first + 2 + 12 * i;
      if (view.getUint16(entry, isLittle) !== 0x0112) continue;
      const turn = view.getUint16(entry + 8, isLittle);
      return turn >= 1 && turn <= 8 ? turn : undefined;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** Chunks of image data, animation and color. */
const pngKept = /^(?:IHDR|PLTE|IDAT|IEND|tRNS|gAMA|cHRM|sRGB|iCCP|sBIT|pHYs|acTL|fcTL|fdAT|cICP)$/;

function stripPng(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; ; ) {
    const length = 12 + view.getUint32(at);
    const name = textAt(bytes, at + 4, 4);
    if (pngKept.test(name)) kept.push(slice(bytes, at, at + length));
    at += length;
    if (name === "IEND") return joined(kept);
  }
}

function stripWebp(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const end = Math.min(bytes.length, 8 + view.getUint32(4, true));
  const kept: Uint8Array[] = [];
  for (let at = 12; at + 8 <= end; ) {
    const size = view.getUint32(at + 4, true);
    const length = 8 + size + (size % 2);
    const name = textAt(bytes, at, 4);
    const chunk = Uint8Array.from(slice(bytes, at, at + length));
    // Clears the header's flags of the removed chunks: EXIF is bit 3, XMP bit 2.
    if (name === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~0b1100;
    if (["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"].includes(name)) kept.push(chunk);
    at += length;
  }
  const body = joined(kept);
  const head = Uint8Array.from(bytes.subarray(0, 12));
  viewOf(head).setUint32(4, 4 + body.length, true);
  return joined([head, body]);
}

function stripGif(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const tableBytes = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + tableBytes(view.getUint8(10));
  const kept = [slice(bytes, 0, at)];
  const afterBlocks = (from: number) => {
    let next = from;
    for (let size = view.getUint8(next); size !== 0; size = view.getUint8(next)) next += 1 + size;
    return next + 1;
  };
  for (;;) {
    const kind = view.getUint8(at);
    const start = at;
    if (kind === 0x3b) return joined([...kept, slice(bytes, at, at + 1)]);
    if (kind === 0x2c) {
      at = afterBlocks(at + 10 + tableBytes(view.getUint8(at + 9)) + 1);
      kept.push(slice(bytes, start, at));
    } else if (kind === 0x21) {
      const label = view.getUint8(at + 1);
      at = afterBlocks(at + 2);
      // Kept: the graphic control of a frame, and the loop count.
      const isLoop = label === 0xff && textAt(bytes, start + 3, 11) === "NETSCAPE2.0";
      if (label === 0xf9 || isLoop) kept.push(slice(bytes, start, at));
    } else throw new RangeError("no block");
  }
}

function begins(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((byte, at) => bytes[at] === byte);
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** @throws RangeError when the range is not inside `bytes`. */
function slice(bytes: Uint8Array, from: number, to: number): Uint8Array {
  if (to > bytes.length || to < from) throw new RangeError("cut off");
  return bytes.subarray(from, to);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
