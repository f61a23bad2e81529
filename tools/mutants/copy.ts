/** A copy of this tree in which a check can be removed and tests can run, while the tree itself stays as it is. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Copy = { readonly path: string; readonly remove: () => void };

const left = /(^|\/)(node_modules|dist|data|test-results)$/;

/** Packages of others are linked, those of the project are the copy's own. */
export function copyOf(root: string): Copy {
  const path = mkdtempSync(join(tmpdir(), "yanshu-mutants-"));
  for (const name of [
    "packages",
    "tools",
    "vectors",
    "bench",
    "package.json",
    "tsconfig.json",
    "bunfig.toml",
    "playwright.config.ts",
  ])
    cpSync(join(root, name), join(path, name), { recursive: true, filter: (from) => !left.test(from) });
  const modules = join(path, "node_modules");
  mkdirSync(join(modules, "@yanshu"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "@yanshu") symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const name of readdirSync(join(root, "node_modules/@yanshu")))
    symlinkSync(join("../../packages", name), join(modules, "@yanshu", name));
  for (const name of readdirSync(join(root, "packages"))) {
    const own = join(root, "packages", name, "node_modules");
    try {
      symlinkSync(own, join(path, "packages", name, "node_modules"));
    } catch {
      // Most packages have none of their own.
    }
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
