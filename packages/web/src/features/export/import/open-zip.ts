/**
 * Opens an untrusted zip (docs/spec/keeping.md KP11): its directory is checked before anything is unpacked. Declared
 * sizes are not trusted: unpacked bytes are counted.
 */
import {
  BlobReader,
  configure,
  type Entry,
  ERR_UNSAFE_FILENAME,
  ZipReader,
} from "@zip.js/zip.js/lib/zip-core-native.js";
import { ImportError, importLimits } from "./imported.ts";

configure({ useWebWorkers: false });

export type OpenZip = {
  readonly names: readonly string[];
  /**
   * Resolves with undefined if there is no such entry, or it has more than `most` bytes. Counts each time that an entry
   * is unpacked (KP17). @throws ImportError
   */
  readonly read: (name: string, most: number) => Promise<Blob | undefined>;
  readonly close: () => Promise<void>;
};

type File = Extract<Entry, { readonly directory: false }>;

/** @throws ImportError */
export async function openZip(blob: Blob, limits: typeof importLimits = importLimits): Promise<OpenZip> {
  const reader = new ZipReader(new BlobReader(blob), { useCompressionStream: true });
  const files = new Map<string, File>();
  let [all, count] = [0, 0];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (++count > limits.entriesMax) throw new ImportError("too-many", `${limits.entriesMax}`);
      const { filename } = entry;
      if (!isSafePath(filename)) throw new ImportError("bad-path", filename.slice(0, 200));
      if (entry.directory) continue;
      if (entry.encrypted) throw new ImportError("locked", filename);
      if (files.has(filename)) throw new ImportError("damaged", filename);
      all += entry.uncompressedSize;
      if (all > limits.allBytesMax) throw new ImportError("too-large", filename);
      const most = Math.max(1 << 20, entry.compressedSize * limits.ratioMax);
      if (entry.uncompressedSize > most) throw new ImportError("swollen", filename);
      files.set(filename, entry);
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const { message, filename = "" } = error as { message?: string; filename?: string };
    throw message === ERR_UNSAFE_FILENAME ? new ImportError("bad-path", filename) : new ImportError("damaged");
  }
  let unpacked = 0;
  return {
    names: [...files.keys()],
    async read(name, most) {
      const entry = files.get(name);
      if (entry === undefined || entry.uncompressedSize > most) return undefined;
      unpacked += entry.uncompressedSize; // More is not let out below.
      if (unpacked > limits.allBytesMax) throw new ImportError("too-large", name);
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      let bytes = 0;
      const out = new WritableStream<Uint8Array>({
        write(piece) {
          bytes += piece.length;
          if (bytes > entry.uncompressedSize) throw new ImportError("swollen", name);
          pieces.push(Uint8Array.from(piece));
        },
      });
      try {
        await entry.getData(out, { checkSignature: true, checkOverlappingEntry: true });
      } catch (error) {
        throw bytes > entry.uncompressedSize ? new ImportError("swollen", name) : asFault(error, name);
      }
      if (bytes !== entry.uncompressedSize) throw new ImportError("damaged", name);
      return new Blob(pieces);
    },
    close: () => reader.close(),
  };
}

/** Whether a path stays inside its folder on every system. No file is written by these names: they are only matched. */
export function isSafePath(path: string): boolean {
  if (path === "" || path.length > 1_024 || /[\\\p{Cc}]|^\/|^[A-Za-z]:/u.test(path)) return false;
  return !path.split("/").includes("..");
}

function asFault(error: unknown, name: string): ImportError {
  return error instanceof ImportError ? error : new ImportError("damaged", name);
}
