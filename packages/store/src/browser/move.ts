/**
 * Move: copies the whole store, page by page, to another name, with or without encryption (docs/spec/store.md ST33).
 * The caller records which of the two is valid, and then has the old one overwritten and dropped.
 */
import type { Database as NativeDatabase, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import { directoryOf, hasFiles, removeFiles } from "./files.ts";
import { holdDatabase } from "./open.ts";

export type StoreName = { readonly name: string; readonly key?: Uint8Array | undefined };

/** Both databases are closed afterwards. @throws as opening does, and if the copy differs. */
export async function copyBrowserDatabase(from: StoreName, to: StoreName): Promise<void> {
  await destroyBrowserDatabase(to.name); // What a crash left.
  const source = await holdDatabase(from.name, from.key);
  try {
    const target = await holdDatabase(to.name, to.key);
    try {
      copy(source.sqlite3, source.native, target.native);
      target.native.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      if (target.native.selectValue("PRAGMA quick_check") !== "ok") throw new Error("the copy is not whole");
    } finally {
      target.release();
    }
  } finally {
    source.release();
  }
}

function copy({ capi }: Sqlite3Static, from: NativeDatabase, to: NativeDatabase): void {
  const backup = capi.sqlite3_backup_init(to.pointer as never, "main", from.pointer as never, "main");
  if (!backup) throw new Error("the copy cannot begin");
  const stepped = capi.sqlite3_backup_step(backup, -1);
  const finished = capi.sqlite3_backup_finish(backup);
  if (stepped !== capi.SQLITE_DONE || finished !== 0) throw new Error(`the copy failed (${stepped}, ${finished})`);
}

export async function hasBrowserDatabase(name: string): Promise<boolean> {
  try {
    return await hasFiles(name);
  } catch {
    return false; // This browser gives none.
  }
}

/** Overwrites, truncates and removes the files. No worker may hold them. */
export async function destroyBrowserDatabase(name: string): Promise<void> {
  if (!(await hasBrowserDatabase(name))) return;
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(directoryOf(name));
  const opaque = await folder.getDirectoryHandle(".opaque", { create: true });
  for await (const entry of opaque.values()) if (entry.kind === "file") await overwrite(entry as FileSystemFileHandle);
  await removeFiles(name);
}

const zeros = new Uint8Array(1 << 16);

async function overwrite(entry: FileSystemFileHandle): Promise<void> {
  const file = await entry.createSyncAccessHandle();
  try {
    const bytes = file.getSize();
    for (let at = 0; at < bytes; at += zeros.length)
      file.write(zeros.subarray(0, Math.min(zeros.length, bytes - at)), { at });
    file.flush();
    file.truncate(0);
    file.flush();
  } finally {
    file.close();
  }
}
