/** Tree files: what git knows of this tree, and what it would add. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

/** Paths from the root, of files that are there, by git's patterns such as `*.md`, which reach into folders. */
export function treeFiles(...patterns: readonly string[]): readonly string[] {
  const { stdout } = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard", ...patterns], { cwd: root });
  const paths = stdout.toString().split("\n");
  // One that is deleted, and not committed yet, is still named.
  return paths.filter((path) => path !== "" && existsSync(join(root, path)));
}
