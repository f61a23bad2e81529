/**
 * The output of a zip while it is made: a file in OPFS, so that memory does not grow, or chunks in memory where there
 * is no OPFS. The file gets its content only when the stream is closed.
 */
const fileName = "yanshu-export.zip";

export type Sink = { readonly out: WritableStream<Uint8Array>; readonly finish: () => Promise<Blob> };

/** @param where `memory` when OPFS may be cleared during the writing. */
export async function openSink(where: "file" | "memory" = "file"): Promise<Sink> {
  const handle = where === "file" ? await privateFile() : undefined;
  const writable = await handle?.createWritable?.().catch(() => undefined);
  if (handle !== undefined && writable !== undefined)
    return { out: writable as WritableStream<Uint8Array>, finish: () => handle.getFile() };
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const out = new WritableStream<Uint8Array>({
    write(piece) {
      pieces.push(Uint8Array.from(piece));
    },
  });
  return { out, finish: async () => new Blob(pieces) };
}

/** Whether writing failed because the file was removed meanwhile, such as by clearing the site's data. */
export function isGone(error: unknown): boolean {
  return error instanceof DOMException && /^(NotFound|InvalidState|NoModificationAllowed)Error$/.test(error.name);
}

/** Deletes the file. Never rejects. */
export async function emptySink(): Promise<void> {
  try {
    await (await navigator.storage.getDirectory()).removeEntry(fileName);
  } catch {
    // There was none.
  }
}

async function privateFile(): Promise<FileSystemFileHandle | undefined> {
  try {
    return await (await navigator.storage.getDirectory()).getFileHandle(fileName, { create: true });
  } catch {
    return undefined;
  }
}
