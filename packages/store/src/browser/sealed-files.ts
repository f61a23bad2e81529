/**
 * Encrypted files: a layer between SQLite and its pool of files, so that database, log and temporary files reach the
 * disk only encrypted (docs/spec/store.md ST30, ST31). It wraps the pool's `xOpen`; reads and writes of an opened file
 * go through this layer, and locks, sizes and syncing stay the pool's.
 *
 * SQLite's writes need not begin or end at a cipher unit: the units at both ends are read first, then written whole. A
 * unit never crosses a disk sector, so an interrupted write damages only sectors that SQLite expects to be damaged.
 */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import { entryOf, methodsOver, onOpen, type Pointer } from "./layer.ts";
import { type SectorCipher, sectorCipher, unitBytes } from "./sectors.ts";

type Io = {
  readonly read: (file: Pointer, to: Pointer, length: number, at: bigint) => number;
  readonly write: (file: Pointer, from: Pointer, length: number, at: bigint) => number;
  readonly size: (file: Pointer, to: Pointer) => number;
  readonly truncate: (file: Pointer, size: bigint) => number;
};

const scratchBytes = (1 << 16) + 2 * unitBytes;

/** Encrypts all files that the pool opens from now on. @param key 32 bytes */
export function sealPool(sqlite3: Sqlite3Static, vfsName: string, key: Uint8Array): void {
  const { capi, wasm } = sqlite3;
  const ciphers = ciphersFor(key);
  const files = new Map<Pointer, SectorCipher>();
  const scratch = wasm.alloc(scratchBytes) as unknown as Pointer;
  const sizeAt = wasm.alloc(8) as unknown as Pointer;
  let sealedMethods: Pointer | undefined;

  function over(methods: Pointer): Pointer {
    const { plain, own } = methodsOver(sqlite3, methods);
    const entry = (pointer: Pointer) => entryOf(sqlite3, pointer);
    const io: Io = {
      read: entry(plain.$xRead) as Io["read"],
      write: entry(plain.$xWrite) as Io["write"],
      size: entry(plain.$xFileSize) as Io["size"],
      truncate: entry(plain.$xTruncate) as Io["truncate"],
    };
    own.$xRead = wasm.installFunction("i(ppij)", read) as unknown as Pointer;
    own.$xWrite = wasm.installFunction("i(ppij)", write) as unknown as Pointer;
    own.$xTruncate = wasm.installFunction("i(pj)", (file: Pointer, size: bigint) =>
      io.truncate(file, BigInt(upTo(Number(size)))),
    ) as unknown as Pointer;
    return Number(own.pointer);

    function sizeOf(file: Pointer): number {
      io.size(file, sizeAt);
      return Number(wasm.peek(sizeAt, "i64"));
    }

    /** Reads and decrypts whole units into the scratch buffer; zeros past the end of the file. */
    function load(file: Pointer, at: number, length: number): number {
      const view = () => wasm.heap8u().subarray(scratch, scratch + length);
      const there = Math.max(0, Math.min(length, sizeOf(file) - at));
      view().fill(0);
      if (there === 0) return 0;
      const code = io.read(file, scratch, there, BigInt(at));
      if (code === 0) cipherOf(file).open(view().subarray(0, there), at);
      return code;
    }

    function read(file: Pointer, to: Pointer, length: number, at64: bigint): number {
      const at = Number(at64);
      const isShort = sizeOf(file) < at + length;
      for (let done = 0; done < length; ) {
        const from = at + done;
        const first = downTo(from);
        const part = Math.min(length - done, scratchBytes - 2 * unitBytes);
        const code = load(file, first, upTo(from + part) - first);
        if (code !== 0) return code;
        wasm.heap8u().copyWithin(to + done, scratch + from - first, scratch + from - first + part);
        done += part;
      }
      return isShort ? capi.SQLITE_IOERR_SHORT_READ : 0;
    }

    function write(file: Pointer, source: Pointer, length: number, at64: bigint): number {
      const at = Number(at64);
      for (let done = 0; done < length; ) {
        const from = at + done;
        const first = downTo(from);
        const part = Math.min(length - done, scratchBytes - 2 * unitBytes);
        const whole = upTo(from + part) - first;
        if (whole !== part) {
          const code = load(file, first, whole);
          if (code !== 0) return code;
        }
        wasm.heap8u().copyWithin(scratch + from - first, source + done, source + done + part);
        cipherOf(file).seal(wasm.heap8u().subarray(scratch, scratch + whole), first);
        const code = io.write(file, scratch, whole, BigInt(first));
        if (code !== 0) return code;
        done += part;
      }
      return 0;
    }
  }

  function cipherOf(file: Pointer): SectorCipher {
    const found = files.get(file);
    if (found === undefined) throw new Error("invariant: a file that is read was opened");
    return found;
  }

  onOpen(sqlite3, vfsName, (file, name, methods) => {
    files.set(file, ciphers(name));
    sealedMethods ??= over(methods);
    return sealedMethods;
  });
}

const downTo = (place: number) => place - (place % unitBytes);
const upTo = (place: number) => downTo(place + unitBytes - 1);

/**
 * Each sort of file has its own keys, so that a page has different ciphertexts in the log and in the database.
 */
function ciphersFor(key: Uint8Array): (name: string) => SectorCipher {
  const made = new Map<string, SectorCipher>();
  return (name) => {
    const sort = /-(?:wal|journal)$/.exec(name)?.[0] ?? (name === "" ? "-temporary" : "");
    const held =
      made.get(sort) ?? sectorCipher(hkdf(sha256, key, undefined, utf8(`yanshu store sectors${sort} v1`), 64));
    made.set(sort, held);
    return held;
  };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
