/**
 * Where a zip is written while it is made: a file in the browser's private storage, which comes to be when it is whole,
 * so that nothing grows in memory; and pieces in memory where there is no such storage.
 */
const fileName = "yanshu-export.zip";

export type Sink = { readonly out: WritableStream<Uint8Array>; readonly finish: () => Promise<Blob> };

/** @param where `memory` where the private storage is going away while it is used. */
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

/** Whether it failed because the file went away under it, as when the browser is told to forget everything. */
export function isGone(error: unknown): boolean {
  return error instanceof DOMException && /^(NotFound|InvalidState|NoModificationAllowed)Error$/.test(error.name);
}

/** Nothing of it stays beside what the person saved. */
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
