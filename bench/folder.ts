/**
 * Folder: a place for one measurement's database, beside the code and so on the disk that a server
 * would use: a temporary folder may lie in memory, where a sync costs nothing.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

const parent = join(import.meta.dirname, "..", ".cache", "bench");

/** Hands a new folder to `work` and deletes it afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "run-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function benchFolder(): string {
  mkdirSync(parent, { recursive: true });
  return parent;
}
