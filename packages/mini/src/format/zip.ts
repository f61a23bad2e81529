/**
 * Zip: the container of a package (docs/spec/programs.md PR1). What a package says of its size is checked before a
 * byte of it is unpacked, and no file becomes longer than it says.
 */
import { unzipSync, type Zippable, zipSync } from "fflate";
import { packageLimits } from "./limits.ts";

/** Why a package is not read. `path`: the file in it that is at fault, if one is. */
export type PackageFault = {
  readonly fault: "not-a-package" | "too-large" | "too-many-files" | "bomb" | "bad-path" | "twice" | "changed";
  readonly path?: string;
};
export type Unzipped = { readonly files: ReadonlyMap<string, Uint8Array> } | PackageFault;

/** A path of a package: of NFC, relative, with no step upwards, no empty step and no backslash. @checks PR1 */
export function isPackagePath(path: string): boolean {
  if (path.length === 0 || new TextEncoder().encode(path).length > packageLimits.pathBytesMax) return false;
  if (/[\\:\p{Cc}]/u.test(path) || path !== path.normalize("NFC")) return false;
  return path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}

/**
 * Unpacks a package.
 *
 * @checks PR1
 */
export function unzip(bytes: Uint8Array): Unzipped {
  if (bytes.length > packageLimits.packedBytesMax) return { fault: "too-large" };
  const seen = new Set<string>();
  let unpackedBytes = 0;
  let fault: PackageFault | undefined;
  const isWanted = (name: string, size: number, originalSize: number): boolean => {
    if (fault !== undefined) return false;
    // A folder is an entry of its own in packages that other tools made; it holds nothing.
    if (name.endsWith("/") && originalSize === 0) return false;
    unpackedBytes += originalSize;
    const folded = name.normalize("NFC");
    if (!isPackagePath(name)) fault = { fault: "bad-path", path: name.slice(0, packageLimits.pathBytesMax) };
    else if (seen.has(folded)) fault = { fault: "twice", path: name };
    else if (seen.size >= packageLimits.filesMax) fault = { fault: "too-many-files" };
    else if (unpackedBytes > packageLimits.unpackedBytesMax) fault = { fault: "too-large", path: name };
    else if (originalSize > 65_536 && originalSize > size * packageLimits.ratioMax)
      fault = { fault: "bomb", path: name };
    seen.add(folded);
    return fault === undefined;
  };
  try {
    // Nothing is unpacked in the first round: all that a package says of itself is looked at before.
    unzipSync(bytes, { filter: (file) => isWanted(file.name, file.size, file.originalSize) && false });
    if (fault !== undefined) return fault;
    const files = unzipSync(bytes, { filter: (file) => !file.name.endsWith("/") });
    return { files: new Map(Object.entries(files)) };
  } catch {
    return { fault: "not-a-package" };
  }
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
