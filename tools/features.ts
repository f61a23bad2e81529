/**
 * Features: what docs/features.md and the README of a feature's folder promise must be the title of a browser test, and
 * a browser test may name no other row (docs/spec/rooms.md RO11). Run as a program it checks this tree;
 * `features.test.ts` breaks it in a made-up one.
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
 * leaves to `npm run e2e` bears the tag `@long`.
 */
const titles = /\btest\(\s*(["'`])((?:\\.|(?!\1).)*)\1(\s*,\s*\{\s*tag: "@long",?\s*\})?/gs;
const inTitle = /\[(F-[^\]]*)\]/g;

/**
 * What is wrong, one line a fault.
 *
 * @param list the text of docs/features.md.
 * @param specs the browser tests by path.
 */
export function faultsIn(list: string, specs: ReadonlyMap<string, string>): readonly string[] {
  const rows = all(promised, list);
  const waiting = all(later, list);
  const tested = new Set<string>();
  const faults: string[] = [];
  for (const [path, text] of specs) {
    const named = new Set<string>();
    for (const [, , title = "", tag] of text.matchAll(titles))
      for (const row of all(inTitle, title)) {
        named.add(row);
        if (tag === undefined) tested.add(row);
      }
    for (const row of named) {
      if (waiting.includes(row)) faults.push(`${path} tests ${row}, which ${featuresPath} puts off: promise it there`);
      else if (!rows.includes(row)) faults.push(`${path} tests ${row}, which ${featuresPath} does not promise`);
    }
  }
  for (const row of rows)
    if (!tested.has(row))
      faults.push(`${featuresPath} promises ${row}, which the title of no browser test of \`npm test\` bears`);
  const known = [...rows, ...waiting];
  for (const row of new Set(known.filter((one, at) => known.indexOf(one) !== at)))
    faults.push(`${featuresPath} has ${row} more than once`);
  return faults;
}

function all(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, id]) => id as string);
}

function readSpecs(root: string): ReadonlyMap<string, string> {
  const specs = new Map<string, string>();
  for (const room of readdirSync(join(root, "packages")).sort()) {
    const folder = join("packages", room, "e2e");
    for (const name of namesIn(join(root, folder)))
      if (name.endsWith(".spec.ts")) specs.set(join(folder, name), readFileSync(join(root, folder, name), "utf8"));
  }
  return specs;
}

function readmesOfFeatures(root: string): readonly string[] {
  const folder = join(root, "packages/web/src/features");
  return namesIn(folder)
    .map((name) => join(folder, name, "README.md"))
    .filter(existsSync);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // A room without browser tests.
  }
}

if (import.meta.main) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const list = [join(root, featuresPath), ...readmesOfFeatures(root)].map((path) => readFileSync(path, "utf8"));
  const faults = faultsIn(list.join("\n"), readSpecs(root));
  for (const fault of faults) console.log(fault);
  console.log(`features: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
