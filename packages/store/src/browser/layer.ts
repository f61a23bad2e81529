/** Layers between SQLite and its pool of files: each has some functions of an opened file of its own. */
import type { Sqlite3Static } from "@sqlite.org/sqlite-wasm";

export type Pointer = number;
/** Of the library's structs, what its types leave out: where functions of C stand. */
type Vfs = { $xOpen: Pointer; readonly dispose: () => void };
type OpenFile = { $pMethods: Pointer; readonly dispose: () => void };
export type Methods = {
  readonly pointer: Pointer;
  $xClose: Pointer;
  $xRead: Pointer;
  $xWrite: Pointer;
  $xTruncate: Pointer;
  $xSync: Pointer;
  $xFileSize: Pointer;
};

/** A function of C, by where it stands. */
export function entryOf({ wasm }: Sqlite3Static, pointer: Pointer): (...args: unknown[]) => number {
  return wasm.functionEntry(pointer) as unknown as (...args: unknown[]) => number;
}

/** Functions of opened files, to be changed, and a copy of them that is. */
export function methodsOver({ capi, wasm }: Sqlite3Static, plain: Pointer): { plain: Methods; own: Methods } {
  const held = new capi.sqlite3_io_methods(plain as never) as unknown as Methods;
  const own = new capi.sqlite3_io_methods() as unknown as Methods;
  const { structInfo } = capi.sqlite3_io_methods as unknown as { structInfo: { sizeof: number } };
  wasm.heap8u().copyWithin(Number(own.pointer), Number(plain), Number(plain) + structInfo.sizeof);
  return { plain: held, own };
}

/**
 * Of each file that the pool opens from now on.
 *
 * @param opened is told the file, its name (empty: a temporary one) and its functions, and says which it has.
 */
export function onOpen(
  sqlite3: Sqlite3Static,
  vfsName: string,
  opened: (file: Pointer, name: string, methods: Pointer) => Pointer,
): void {
  const { capi, wasm } = sqlite3;
  const vfs = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(vfsName)) as unknown as Vfs;
  const openPlain = entryOf(sqlite3, vfs.$xOpen);
  vfs.$xOpen = wasm.installFunction(
    "i(pppip)",
    (self: Pointer, name: Pointer, file: Pointer, flags: number, outFlags: Pointer) => {
      const code = openPlain(self, name, file, flags, outFlags);
      if (code !== 0) return code;
      const held = new capi.sqlite3_file(file as never) as unknown as OpenFile;
      held.$pMethods = opened(file, name === 0 ? "" : (wasm.cstrToJs(name) ?? ""), Number(held.$pMethods));
      held.dispose();
      return 0;
    },
  ) as unknown as Pointer;
  vfs.dispose();
}
