/** What SQLite's codes mean to a server. */

/** An I/O error is answered like a full disk: nothing was acknowledged, and trying again is safe. */
export function isFullCode(code: string | undefined): boolean {
  return code !== undefined && (code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR"));
}
