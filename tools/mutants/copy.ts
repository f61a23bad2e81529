/**
 * A copy of this tree in which every check can be switched off, one at a time, by the variable `MUTANT`, so that
 * nothing is written again between two of them; and in which each check says in which test it refused, where
 * `MUTANT_REACH` names a file for it. What never refused in a test is noticed by none, and needs no run to show it.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import type { Check } from "./checks.ts";

const left = /(^|\/)(node_modules|dist|data|test-results)$/;

/** Packages of others are linked, those of the project are the copy's own. */
export function copyTo(path: string, root: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  for (const name of [
    "packages",
    "tools",
    "vectors",
    "bench",
    "docs",
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
}

/** Puts a switch before each check; its number is its place in `checks`. */
export function putSwitches(path: string, checks: readonly Check[]): void {
  const switches = join(path, "tools/mutants/switch.ts");
  const tests = join(path, "tools/mutants/named-test.ts");
  for (const file of new Set(checks.map((check) => check.path))) {
    const own = checks.flatMap((check, at) => (check.path === file ? [{ ...check, at }] : []));
    const source = readFileSync(join(path, file), "utf8");
    writeFileSync(join(path, file), `import ${JSON.stringify(switches)}; ${withSwitches(source, own)}`);
  }
  for (const file of new Glob("packages/*/src/**/*.ts").scanSync(path)) {
    const source = readFileSync(join(path, file), "utf8");
    if (source.includes('from "bun:test"'))
      writeFileSync(join(path, file), source.replaceAll('from "bun:test"', `from ${JSON.stringify(tests)}`));
  }
}

/** `A` becomes `(mutantIs(7) ? true : refusedAt(7, true, A))`; one may stand within another. */
export function withSwitches(source: string, checks: readonly (Check & { readonly at: number })[]): string {
  const edits = checks.flatMap(({ start, end, passes, at }) => [
    { place: start, isEnd: false, text: `(mutantIs(${at}) ? ${passes} : refusedAt(${at}, ${passes}, ` },
    { place: end, isEnd: true, text: "))" },
  ]);
  edits.sort((a, b) => b.place - a.place || Number(a.isEnd) - Number(b.isEnd));
  return edits.reduce((text, edit) => text.slice(0, edit.place) + edit.text + text.slice(edit.place), source);
}
