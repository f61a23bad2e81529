/** Newest: the newest release that `yanshu app` has served from this folder (docs/spec/release.md RE14). */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Shows others that the log's key signed two logs (docs/spec/release.md RE18). */
export const splitFile = "two-logs.txt";
const fileName = "newest.json";

/** Undefined when there is none yet, or it cannot be read. */
export function readNewest(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, fileName), "utf8");
  } catch {
    return undefined;
  }
}

/** Keeps the checkpoints of two logs of one key; the first two that were met stay. */
export function keepSplit(folder: string, { ours, theirs }: { readonly ours: string; readonly theirs: string }): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, splitFile);
  if (!existsSync(path)) writeFileSync(path, `${ours}\n${theirs}`, { mode: 0o600 });
}

/** Whole or not at all, whenever the power fails. */
export function writeNewest(folder: string, seen: string): void {
  const path = join(folder, fileName);
  writeFileSync(`${path}.new`, `${seen}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
