/** Newest: the newest release that `yanshu app` has served from this folder (docs/spec/release.md RE14). */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const fileName = "newest.json";

/** Undefined when there is none yet, or it cannot be read. */
export function readNewest(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, fileName), "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whenever the power fails. */
export function writeNewest(folder: string, seen: string): void {
  const path = join(folder, fileName);
  writeFileSync(`${path}.new`, `${seen}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
