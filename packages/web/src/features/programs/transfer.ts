/** The buffers of a package's files, each once: they are handed over, since to copy twenty megabytes stops the page. */
export function buffersOf(files: ReadonlyMap<string, Uint8Array>): Transferable[] {
  return [...new Set([...files.values()].map(({ buffer }) => buffer))] as ArrayBuffer[];
}
