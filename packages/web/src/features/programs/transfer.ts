/** What passes between the app and the frame of a program. */

/** Whether a frame says that it is there, and waits for a port (docs/spec/programs.md PR4). */
export function isThere(said: unknown): boolean {
  return (said as { kind?: unknown } | null)?.kind === "frame";
}

/** @param target the window that said so. */
export function givePort(target: Window, port: MessagePort): void {
  // Every frame of a sandbox has the same origin, "null": the port is for the window that was compared.
  target.postMessage({ kind: "port" }, "*", [port]);
}

/** The buffers of a package's files, each once: they are handed over, since to copy twenty megabytes stops the page. */
export function buffersOf(files: ReadonlyMap<string, Uint8Array>): Transferable[] {
  return [...new Set([...files.values()].map(({ buffer }) => buffer))] as ArrayBuffer[];
}
