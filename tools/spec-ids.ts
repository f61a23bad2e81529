/**
 * Spec ids: a rule that code or a test cites must stand in the spec, and a rule of the spec must have a
 * test or a reason why not (docs/spec/README.md). Run as a program it checks this tree;
 * `spec-ids.test.ts` breaks it in a made-up one.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type Tree = ReadonlyMap<string, string>;

/** A rule is defined by a list item `- **SY1** …` or `- **GR1.1** …`, or by a heading `## GR1 …`. */
const defined = /^(?:- \*\*|## )([A-Z]{2,4}\d+)(?:\.\d+)?(?:\*\*| )/gm;
/** The same with what follows its number: `GR1.3a` and `DS28a` are rules of their own. */
const numbered = /^- \*\*([A-Z]{2,4}\d+[a-z]?(?:\.\d+[a-z]?)?)\*\*/gm;
/** Rules that need no test, one line each: `- WI2: reason`, in docs/spec/README.md. */
const excused = /^- ([A-Z]{2,4}\d+): \S/gm;
/** In a title, or as the first value of a row that becomes one. */
const inTitles = /(?:\[|\[?\s*")([A-Z]{2,4}\d+)(?:\]|",)/g;
const excusesPath = "docs/spec/README.md";

/** Pages of the spec; and what a feature's screens promise, beside them. */
const isSpec = (path: string): boolean =>
  /^docs\/spec\/.*\.md$|^packages\/[^/]+\/RULES\.md$|^packages\/web\/src\/features\/[^/]+\/README\.md$/.test(path);
const isTest = (path: string): boolean => /(\.test|\.spec|\/contract|-contract)\.ts$/.test(path);

/** What is wrong, one line a fault, in the order of paths. */
export function faultsIn(tree: Tree): readonly string[] {
  const rules = new Map<string, string>();
  for (const [path, text] of tree)
    if (isSpec(path)) for (const id of idsIn(defined, text)) if (!rules.has(id)) rules.set(id, path);
  const prefixes = [...new Set([...rules.keys()].map((id) => id.replace(/\d+$/, "")))];
  const cited = new RegExp(`\\b((?:${prefixes.join("|")})\\d+)\\b`, "g");
  const excuses = new Set(idsIn(excused, tree.get(excusesPath) ?? ""));
  const tested = new Set<string>();
  const faults: string[] = [];

  for (const [path, text] of tree) {
    if (isSpec(path)) continue;
    const titled = isTest(path) ? idsIn(inTitles, text) : [];
    for (const id of titled) tested.add(id);
    const known = prefixes.length === 0 ? [] : idsIn(cited, text);
    for (const id of new Set([...titled, ...known]))
      if (!rules.has(id)) faults.push(`${path} cites ${id}, which no file of the spec defines`);
  }
  for (const [id, path] of rules)
    if (!tested.has(id) && !excuses.has(id)) faults.push(`${path} has ${id}, which no test's name bears`);
  const seen = new Set<string>();
  for (const [path, text] of tree)
    for (const id of isSpec(path) ? idsIn(numbered, text) : []) {
      if (seen.has(id)) faults.push(`${path} has ${id} a second time`);
      seen.add(id);
    }
  for (const id of excuses) if (!rules.has(id)) faults.push(`${excusesPath} excuses ${id}, which is no rule`);
  return faults;
}

function idsIn(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, id]) => id as string);
}

function readTree(root: string): Tree {
  const tree = new Map<string, string>();
  for (const folder of ["bench", "docs/spec", "packages", "tools"]) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(join(root, "/").length);
      if (!entry.isFile() || /(^|\/)(node_modules|dist)\//.test(path)) continue;
      // The check's own test is full of rules that are not there.
      if (/\.(ts|tsx|md)$/.test(path) && path !== "tools/spec-ids.test.ts")
        tree.set(path, readFileSync(join(root, path), "utf8"));
    }
  }
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (import.meta.main) {
  const faults = faultsIn(readTree(join(dirname(fileURLToPath(import.meta.url)), "..")));
  for (const fault of faults) console.log(fault);
  console.log(`spec ids: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
