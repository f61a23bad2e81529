/**
 * Files: where the database of a name stands in a browser, and whether it is still there. For workers and pages.
 */

export function directoryOf(name: string): string {
  return `yanshu-${name}`;
}

/**
 * Whether the files of a database are no longer where they were made. Their holder does not hear of it: in Chromium
 * what is written then goes nowhere, or stands still for good, and nothing fails.
 */
export async function isDatabaseGone(name: string): Promise<boolean> {
  return !(await hasFiles(name).catch(() => true));
}

/** @throws DOMException where the browser gives no files. */
export async function hasFiles(name: string): Promise<boolean> {
  const folder = await folderOf(name);
  return folder !== undefined && (await holdsAny(folder));
}

async function holdsAny(folder: FileSystemDirectoryHandle): Promise<boolean> {
  for await (const entry of folder.values())
    if (entry.kind === "file" || (await holdsAny(entry as FileSystemDirectoryHandle))) return true;
  return false;
}

/**
 * Removes them one by one, and then the folders. Those may stay, empty: where files were once removed under a worker,
 * Chromium takes their folders for held until the whole browser ends.
 */
export async function removeFiles(name: string): Promise<void> {
  const folder = await folderOf(name);
  if (folder === undefined) return;
  await empty(folder);
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(folder.name).catch(unlessHeld);
}

async function empty(folder: FileSystemDirectoryHandle): Promise<void> {
  for (const entry of await Array.fromAsync(folder.values())) {
    if (entry.kind === "file") await folder.removeEntry(entry.name);
    else {
      await empty(entry as FileSystemDirectoryHandle);
      await folder.removeEntry(entry.name).catch(unlessHeld);
    }
  }
}

function unlessHeld(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "NoModificationAllowedError")) throw error;
}

async function folderOf(name: string): Promise<FileSystemDirectoryHandle | undefined> {
  const root = await navigator.storage.getDirectory();
  try {
    return await root.getDirectoryHandle(directoryOf(name));
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
    throw error;
  }
}
