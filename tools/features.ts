/**
 * Features: what docs/features.md and the README of a feature's folder promise must be the title of a browser test, and
 * of one that `npm test` plays; a test may name no other row (docs/spec/rooms.md RO11). Run as a program it checks this
 * tree; `features.test.ts` breaks it in a made-up one.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const featuresPath = "docs/features.md";

/**
 * A promise is a row of a table: `| F-1a-8 | what the app does |`, or `| F-dice-1 | …` in the README of that feature.
 */
const promised = /^\| (F-(?:\d[a-z]?|[a-z]+(?:-[a-z]+)*)-\d+) \| \S/gm;
/** What comes later is a line with its reason: `- F-1d-1: reason`. */
const later = /^- (F-\d[a-z]?-\d+): \S/gm;
/**
 * The title of a test that is played: `test.skip` proves nothing, and neither does a comment. One that `npm test`
 * leaves to `npm run test:long` bears the tag `@long`, or has it in its title where it has no browser.
 */
const titles = /\btest\(\s*(["'`])((?:\\.|(?!\1).)*)\1(\s*,\s*\{\s*tag: "@long",?\s*\})?/gs;
const inTitle = /\[(F-[^\]]*)\]/g;

/**
 * What is wrong, one line a fault.
 *
 * @param list the text of docs/features.md.
 * @param tests those of browsers (`*.spec.ts`) and all others by path.
 */
export function faultsIn(list: string, tests: ReadonlyMap<string, string>): readonly string[] {
  const rows = all(promised, list);
  const waiting = all(later, list);
  const [seen, played] = [new Set<string>(), new Set<string>()];
  const faults: string[] = [];
  for (const [path, text] of tests) {
    const named = new Set<string>();
    for (const [, , title = "", tag] of text.matchAll(titles))
      for (const row of all(inTitle, title)) {
        named.add(row);
        if (path.endsWith(".spec.ts")) seen.add(row);
        if (tag === undefined && !title.includes("@long")) played.add(row);
      }
    for (const row of named) {
      if (waiting.includes(row)) faults.push(`${path} tests ${row}, which ${featuresPath} puts off: promise it there`);
      else if (!rows.includes(row)) faults.push(`${path} tests ${row}, which ${featuresPath} does not promise`);
    }
  }
  for (const row of rows) {
    if (!seen.has(row)) faults.push(`${featuresPath} promises ${row}, which the title of no browser test bears`);
    else if (!played.has(row))
      faults.push(`${featuresPath} promises ${row}, which the title of no test of \`npm test\` bears`);
  }
  const known = [...rows, ...waiting];
  for (const row of new Set(known.filter((one, at) => known.indexOf(one) !== at)))
    faults.push(`${featuresPath} has ${row} more than once`);
  return faults;
}

function all(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, id]) => id as string);
}

function readTests(root: string): ReadonlyMap<string, string> {
  const tests = new Map<string, string>();
  for (const room of readdirSync(join(root, "packages")).sort())
    for (const folder of ["e2e", "src"].map((name) => join("packages", room, name)))
      for (const name of namesIn(join(root, folder), true))
        if (/\.(?:spec|test)\.ts$/.test(name))
          tests.set(join(folder, name), readFileSync(join(root, folder, name), "utf8"));
  return tests;
}

function readmesOfFeatures(root: string): readonly string[] {
  const folder = join(root, "packages/web/src/features");
  return namesIn(folder)
    .map((name) => join(folder, name, "README.md"))
    .filter(existsSync);
}

function namesIn(folder: string, recursive = false): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" }).sort();
  } catch {
    return []; // A room without browser tests.
  }
}

if (import.meta.main) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const list = [join(root, featuresPath), ...readmesOfFeatures(root)].map((path) => readFileSync(path, "utf8"));
  const faults = faultsIn(list.join("\n"), readTests(root));
  for (const fault of faults) console.log(fault);
  console.log(`features: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
