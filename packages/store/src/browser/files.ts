/**
 * Files: the folder of a database in a browser's private file system. For workers and pages.
 */

export function directoryOf(name: string): string {
  return `yanshu-${name}`;
}

/**
 * Whether the browser has removed a database's files. The worker that holds them gets no error: in Chromium its writes
 * are lost, or never return.
 */
export async function isDatabaseGone(name: string): Promise<boolean> {
  return !(await hasFiles(name).catch(() => true));
}

/** @throws DOMException in a browser without a private file system. */
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
 * Removes the files one by one, and then the folders. Empty folders may remain: once files were removed while a worker
 * held them, Chromium keeps their folders locked until the browser ends.
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
