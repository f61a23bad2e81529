/**
 * Links: every link of a page to a file of this tree leads there (docs/spec/rooms.md RO19), so that a page stays true
 * when a file moves. Run as a program it checks this tree; `links.test.ts` tries it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "./setup.mjs";
import { treeFiles } from "./tree-files.ts";

/** Links in what a page says, not in its fences and code: their targets as they are written, with their lines. */
export function linksOf(page: string): readonly { readonly target: string; readonly line: number }[] {
  const plain = page.replace(/```[\s\S]*?```|`[^`\n]*`/g, (code) => code.replace(/[^\n]/g, " "));
  return [...plain.matchAll(/\]\(([^()\s]+)\)|<img src="([^"]+)"/g)].map((found) => ({
    target: found[1] ?? found[2] ?? "",
    line: plain.slice(0, found.index).split("\n").length,
  }));
}

/** The file that a link of a page leads to; undefined for another site's, and for a place in the page itself. */
export function targetOf(path: string, target: string): string | undefined {
  if (/^[a-z]+:|^#/.test(target)) return undefined;
  return posix.join(posix.dirname(path), decodeURI(target).replace(/#.*$/, ""));
}

if (import.meta.main) {
  let faults = 0;
  for (const path of treeFiles("*.md")) {
    for (const { target, line } of linksOf(readFileSync(join(root, path), "utf8"))) {
      const file = targetOf(path, target);
      if (file === undefined || existsSync(join(root, file))) continue;
      faults++;
      console.log(`${path}:${line} links to ${file}, which is not there`);
    }
  }
  console.log(`links: ${faults} faults`);
  process.exitCode = faults === 0 ? 0 : 1;
}
