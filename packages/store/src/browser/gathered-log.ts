/**
 * Gathered log: SQLite writes each page of a commit into its write-ahead log by two calls, and in a browser each call
 * costs more than the bytes. A layer between it and the pool gathers what stands one behind the other until SQLite asks
 * that it be on the disk (docs/spec/store.md ST46). Nothing is committed before that, so a crash loses nothing more.
 *
 * What could not be written stays gathered: behind a commit SQLite fills up its sector, and reads that later. But it
 * goes to the file no more until SQLite writes again, which says from where on it is of a commit that failed.
 */
import type { Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import { entryOf, methodsOver, onOpen, type Pointer } from "./layer.ts";

/** The largest piece: what a post, or a look, commits has room. */
const roomBytes = 1 << 19;

/** What is to be written: `length` bytes, which stand at `room`, to `at` in the file. */
type Gathered = { readonly room: Pointer; at: number; length: number; isFailed: boolean };

/** Gathers for each log that the pool opens from now on. */
export function gatherLogs(sqlite3: Sqlite3Static, vfsName: string): void {
  const { wasm } = sqlite3;
  const gathered = new Map<Pointer, Gathered>();
  let gathering: Pointer | undefined;

  function over(methods: Pointer): Pointer {
    const { plain, own } = methodsOver(sqlite3, methods);
    const write = entryOf(sqlite3, plain.$xWrite);

    function writeOut(file: Pointer): number {
      const held = gathered.get(file);
      if (held === undefined || held.length === 0 || held.isFailed) return 0;
      const code = write(file, held.room, held.length, BigInt(held.at));
      if (code === 0) held.length = 0;
      return code;
    }

    /** The same where SQLite takes back the whole transaction if it fails. */
    function commitOut(file: Pointer): number {
      const code = writeOut(file);
      const held = gathered.get(file);
      if (code !== 0 && held !== undefined) held.isFailed = true;
      return code;
    }

    /** The pool's function, once all that is gathered stands in the file. */
    function afterwards(pointer: Pointer, out = writeOut) {
      const work = entryOf(sqlite3, pointer);
      return (file: Pointer, ...rest: unknown[]) => out(file) || work(file, ...rest);
    }

    own.$xWrite = wasm.installFunction("i(ppij)", (file: Pointer, from: Pointer, length: number, at64: bigint) => {
      const held = gathered.get(file);
      const at = Number(at64);
      if (held === undefined) return write(file, from, length, at64);
      if (held.isFailed) held.length = Math.max(0, Math.min(held.length, at - held.at));
      held.isFailed = false;
      const isNext = at === held.at + held.length && held.length + length <= roomBytes;
      const code = isNext ? 0 : commitOut(file);
      if (code !== 0 || length > roomBytes) return code || write(file, from, length, at64);
      if (held.length === 0) held.at = at;
      wasm.heap8u().copyWithin(held.room + held.length, from, from + length);
      held.length += length;
      return 0;
    }) as unknown as Pointer;
    const read = entryOf(sqlite3, plain.$xRead);
    const readAfterwards = afterwards(plain.$xRead);
    own.$xRead = wasm.installFunction("i(ppij)", (file: Pointer, to: Pointer, length: number, at64: bigint) => {
      const held = gathered.get(file);
      const at = Number(at64);
      const [first, end] = held === undefined ? [0, 0] : [held.at, held.at + held.length];
      // A disk that is full keeps nothing from being read: a page may begin in the file, and end in what is gathered.
      if (held === undefined || at + length <= first || at >= end) return read(file, to, length, at64);
      if (at + length > end) return readAfterwards(file, to, length, at64);
      const inFile = Math.max(0, first - at);
      const from = held.room + at + inFile - first;
      wasm.heap8u().copyWithin(to + inFile, from, from + length - inFile);
      return inFile === 0 ? 0 : read(file, to, inFile, at64);
    }) as unknown as Pointer;
    const truncateAfterwards = afterwards(plain.$xTruncate);
    own.$xTruncate = wasm.installFunction("i(pj)", (file: Pointer, size: bigint) => {
      const held = gathered.get(file);
      if (held !== undefined) held.length = Math.max(0, Math.min(held.length, Number(size) - held.at));
      return truncateAfterwards(file, size);
    }) as unknown as Pointer;
    own.$xSync = wasm.installFunction("i(pi)", afterwards(plain.$xSync, commitOut)) as unknown as Pointer;
    own.$xFileSize = wasm.installFunction("i(pp)", afterwards(plain.$xFileSize)) as unknown as Pointer;
    const close = entryOf(sqlite3, plain.$xClose);
    own.$xClose = wasm.installFunction("i(p)", (file: Pointer) => {
      const codes = [writeOut(file), close(file)];
      wasm.dealloc(gathered.get(file)?.room ?? 0);
      gathered.delete(file);
      return codes.find((code) => code !== 0) ?? 0;
    }) as unknown as Pointer;
    return Number(own.pointer);
  }

  onOpen(sqlite3, vfsName, (file, name, methods) => {
    if (!name.endsWith("-wal")) return methods;
    gathered.set(file, { room: Number(wasm.alloc(roomBytes)), at: 0, length: 0, isFailed: false });
    gathering ??= over(methods);
    return gathering;
  });
}
