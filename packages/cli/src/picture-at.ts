/** A picture on the disk that a person named. It goes as it is: nothing is encoded anew. */
import { Fault } from "./fault.ts";
import { fileAt } from "./file-at.ts";

/** By the ending of a file's name. */
export const pictureTypes: Readonly<Record<string, "image/webp" | "image/jpeg">> = {
  webp: "image/webp",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
};

export const endingOf = (path: string): string => path.toLowerCase().split(".").at(-1) ?? "";

/** @throws Fault where there is none. */
export async function pictureAt(path: string) {
  const mime = pictureTypes[endingOf(path)];
  if (mime === undefined) throw new Fault("fault.file", { path, why: Object.keys(pictureTypes).join(", ") });
  const source = fileAt(path);
  const size = sizeOfPicture(new Uint8Array(await source.slice(0, 1 << 20).arrayBuffer()));
  if (size === undefined) throw new Fault("fault.file", { path, why: "not a picture" });
  return { source, mime, ...size };
}

/** Width and height of a JPEG or WebP; undefined where it is neither. */
export function sizeOfPicture(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    if (view.getUint16(0) === 0xffd8) {
      for (let at = 2; ; ) {
        const marker = view.getUint16(at);
        const isFrame = marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
        if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
        at += 2 + view.getUint16(at + 2);
      }
    }
    if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
    const kind = view.getUint32(12);
    const u24 = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    if (kind === 0x56503858) return { width: 1 + u24(24), height: 1 + u24(27) };
    if (kind === 0x56503820)
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    const bits = view.getUint32(21, true);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  } catch {
    return undefined; // It ends before it says so.
  }
}
