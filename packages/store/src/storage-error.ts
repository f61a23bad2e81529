/**
 * Storage error: a statement failed because of the disk (docs/spec/store.md ST14). Trying again may help, for example
 * once there is room; after an error in a statement or value it does not.
 */

/** SQLite's primary result codes for failures of disk or memory, and for a locked file. */
const storageCodes: ReadonlyMap<number, string> = new Map([
  [5, "SQLITE_BUSY"],
  [6, "SQLITE_LOCKED"],
  [7, "SQLITE_NOMEM"],
  [8, "SQLITE_READONLY"],
  [9, "SQLITE_INTERRUPT"],
  [10, "SQLITE_IOERR"],
  [11, "SQLITE_CORRUPT"],
  [13, "SQLITE_FULL"],
  [14, "SQLITE_CANTOPEN"],
  [15, "SQLITE_PROTOCOL"],
  [22, "SQLITE_NOLFS"],
  [26, "SQLITE_NOTADB"],
]);

export class StorageError extends Error {
  override readonly name = "StorageError";
  /** SQLite's name of the result code, such as `SQLITE_FULL`. */
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(`the device's storage fails: ${code}`, { cause });
    this.code = code;
  }
}

/** Returns a `StorageError` for an adapter's error that the disk caused, else the error itself. */
export function readError(error: unknown): unknown {
  // bun:sqlite says `errno`, sqlite-wasm `resultCode`; the low byte is the primary code of either.
  const { errno, resultCode } = error as { errno?: unknown; resultCode?: unknown };
  const number = typeof errno === "number" ? errno : resultCode;
  const code = typeof number === "number" ? storageCodes.get(number & 0xff) : undefined;
  return code === undefined ? error : new StorageError(code, error);
}
