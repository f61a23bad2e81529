/** What SQLite's result codes mean to the server. */

/** Whether a code means "full". An I/O error counts too: nothing was acknowledged, and trying again is safe. */
export function isFullCode(code: string | undefined): boolean {
  return code !== undefined && (code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR"));
}
