/**
 * Zip: the container of a package (docs/spec/programs.md PR1). What a package says of its size is checked before a
 * byte of it is unpacked, and no file becomes longer than it says.
 */
import { Inflate, strFromU8, type Zippable, zipSync } from "fflate";
import { packageLimits } from "./limits.ts";

/** Why a package is not read. `path`: the file in it that is at fault, if one is. */
export type PackageFault = {
  readonly fault: "not-a-package" | "too-large" | "too-many-files" | "bomb" | "bad-path" | "twice" | "changed";
  readonly path?: string;
};
export type Unzipped = { readonly files: ReadonlyMap<string, Uint8Array> } | PackageFault;

/** A path of a package: of NFC, relative, with no step upwards, no empty step and no backslash. @checks PR1 */
export function isPackagePath(path: string): boolean {
  if (new TextEncoder().encode(path).length > packageLimits.pathBytesMax) return false;
  if (/[\\:\p{Cc}]/u.test(path) || path !== path.normalize("NFC")) return false;
  return path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}

/**
 * Unpacks a package. All that it says of itself is looked at before, and the first fault ends the reading. ZIP64,
 * which no package needs, is not read. It has a reader of its own since fflate's goes on where an entry holds more than
 * it says.
 *
 * @checks PR1
 */
export function unzip(bytes: Uint8Array): Unzipped {
  if (bytes.length > packageLimits.packedBytesMax) return { fault: "too-large" };
  try {
    const entries = entriesOf(bytes);
    if ("fault" in entries) return entries;
    const files = new Map<string, Uint8Array>();
    for (const entry of entries) {
      const content = contentOf(bytes, entry);
      if (content === undefined) return { fault: "bomb", path: entry.name };
      files.set(entry.name, content);
    }
    return { files };
  } catch {
    return { fault: "not-a-package" };
  }
}

/** A file as the directory of a zip names it. `at`: where its own header is; sizes in bytes. */
type Entry = {
  readonly name: string;
  readonly at: number;
  readonly isDeflated: boolean;
  readonly packed: number;
  readonly unpacked: number;
};
const directoryBytes = 46;
const headerBytes = 30;
const endBytes = 22;
const commentBytesMax = 0xffff;

/**
 * The directory of a zip, without its folders.
 *
 * @throws where it is no zip.
 * @checks PR1
 */
function entriesOf(bytes: Uint8Array): readonly Entry[] | PackageFault {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - endBytes;
  while (view.getUint32(end, true) !== 0x06054b50) {
    end -= 1;
    // not a check: a search that went on would end at the beginning, as no zip too.
    if (end < bytes.length - endBytes - commentBytesMax) return { fault: "not-a-package" };
  }
  if (end >= 20 && view.getUint32(end - 20, true) === 0x07064b50) return { fault: "not-a-package" };
  const count = view.getUint16(end + 8, true);
  if (count > packageLimits.filesMax) return { fault: "too-many-files" };
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  const names = new Set<string>();
  let [packedBytes, unpackedBytes] = [0, 0];
  for (let entry = 0; entry < count; entry += 1) {
    if (view.getUint32(at, true) !== 0x02014b50) return { fault: "not-a-package" };
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [packed, unpacked] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const nameBytes = view.getUint16(at + 28, true);
    const start = at + directoryBytes;
    const name = strFromU8(bytes.subarray(start, start + nameBytes), (flags & 0x800) === 0);
    const header = view.getUint32(at + 42, true);
    at = start + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    // A folder is an entry of its own in packages that other tools made; it holds nothing.
    if (name.endsWith("/") && unpacked === 0) continue;
    packedBytes += packed;
    unpackedBytes += unpacked;
    const folded = name.normalize("NFC");
    if (!isPackagePath(name)) return { fault: "bad-path", path: name.slice(0, packageLimits.pathBytesMax) };
    if (names.has(folded)) return { fault: "twice", path: name };
    if (unpackedBytes > packageLimits.unpackedBytesMax) return { fault: "too-large", path: name };
    if (method !== 0 && method !== 8) return { fault: "not-a-package" };
    const isSteep = unpacked > 65_536 && unpacked > packed * packageLimits.ratioMax;
    // Together they are longer than the package only where they lie on the same bytes.
    if (isSteep || packedBytes > bytes.length || (method === 0 && packed !== unpacked))
      return { fault: "bomb", path: name };
    names.add(folded);
    entries.push({ name, at: header, isDeflated: method === 8, packed, unpacked });
  }
  return entries;
}

/**
 * What a file holds; undefined where that is more or less than it says, however much it would become.
 *
 * @throws where it is damaged.
 * @checks PR1
 */
function contentOf(bytes: Uint8Array, { at, isDeflated, packed, unpacked }: Entry): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = at + headerBytes + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const held = bytes.subarray(start, start + packed);
  if (held.length !== packed) return undefined;
  if (!isDeflated) return held.slice();
  const content = new Uint8Array(unpacked);
  let length = 0;
  const inflate = new Inflate((piece) => {
    if (length + piece.length <= unpacked) content.set(piece, length);
    length += piece.length;
  });
  // A piece becomes at most a thousandfold, so this is what a bomb costs.
  const pieceBytes = 4_096;
  for (let from = 0; from < packed; from += pieceBytes) {
    inflate.push(held.subarray(from, from + pieceBytes), from + pieceBytes >= packed);
    if (length > unpacked) return undefined; // not a check: the end says so too, after more work.
  }
  return length === unpacked ? content : undefined;
}

/** Packs files in the order of their paths with one date, so that equal files are equal bytes. */
export function zip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries: Zippable = {};
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) as Uint8Array;
    // Pictures are packed already.
    entries[path] = [content, { level: /\.(?:png|jpe?g|webp|gif|mp3|mp4)$/i.test(path) ? 0 : 9 }];
  }
  return zipSync(entries, { mtime: new Date(1980, 0, 2), os: 3 });
}
