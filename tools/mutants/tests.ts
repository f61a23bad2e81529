/**
 * Which tests can notice a check that is gone: those in which it refuses. Each test file is played once with every
 * check in place (tools/mutants/copy.ts), and what it reached is kept while the file and the checks are as they were.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { eachOf } from "../each-of.mjs";
import { root } from "../setup.mjs";
import { isStopped, runTests } from "./run.ts";

/** `name` as it stands in the source, with `%s` and the like where rows fill it. */
export type Test = {
  readonly file: string;
  readonly name: string;
  /** What it took with every check in place; of one that was not played so, at most. */
  readonly ms: number;
  /** What it takes mostly, where that is less. */
  readonly mostlyMs?: number;
};
/** Of one check. A check whose condition throws is reached, and refuses without saying so. */
export type Reach = { readonly refused: readonly Test[]; readonly reached: readonly Test[] };
type Line = { readonly what: string; readonly name: string; readonly at?: number; readonly ms?: number };
/** What is kept of a test file: the names of the checks that there were, and by them what they did in which test. */
type Kept = { readonly known: readonly string[]; readonly lines: readonly (Line & { readonly check?: string })[] };

/** Rooms whose tests see what a check refuses, in the order in which they are asked. */
const rooms = ["release", "content", "wire", "mls", "mini", "store", "client", "server", "cli", "web", "testing"];
/** They look at the tree, at how long something takes, or play others' tests once more. */
const leftOut = /\/(evidence|process|fuzz|sim)\/|^packages\/server\/src\/backup\/|\/locales\//;

export function testFiles(): readonly string[] {
  return rooms.flatMap((room) =>
    [...new Glob(`packages/${room}/src/**/*.test.ts`).scanSync(root)].filter((file) => !leftOut.test(file)).sort(),
  );
}

/**
 * @param kept a folder; what it holds of a test file counts while the file reads as it did.
 * @param names of the checks, each at its place.
 * @param jobs how many files are played at once.
 * @param isNewTo whether a test file is to be played again, because of checks that it does not know: their places.
 * @param say is told of files of which a test does not pass with every check in place: it can notice nothing.
 */
export async function reachOf(
  {
    copy,
    kept,
    names,
    jobs,
  }: { readonly copy: string; readonly kept: string; readonly names: readonly string[]; readonly jobs: number },
  files: readonly string[],
  isNewTo: (file: string, unknown: readonly number[]) => boolean,
  say: (text: string) => void,
): Promise<readonly Reach[]> {
  mkdirSync(kept, { recursive: true });
  const all = names.map(() => ({ refused: [] as Test[], reached: [] as Test[] }));
  const places = new Map(names.map((name, at) => [name, at]));
  await eachOf(files, jobs, async (file) => {
    if (isStopped()) return;
    const hash = Bun.hash(readFileSync(join(root, file), "utf8")).toString(36);
    const path = join(kept, `${file.replaceAll("/", "+")}.${hash}.json`);
    const held = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Kept) : undefined;
    const known = new Set(held?.known);
    const isStale = held === undefined || isNewTo(file, unknownTo(known, names));
    const { lines } = isStale ? await play(copy, file, path, names, say) : held;
    const took = new Map(lines.flatMap(({ what, name, ms }) => (what === "took" ? [[name, ms ?? 0] as const] : [])));
    for (const { what, name, check } of lines) {
      const reach = all[places.get(check ?? "") ?? -1];
      const ms = took.get(name);
      // What does not pass with every check in place can notice nothing.
      if (reach === undefined || ms === undefined) continue;
      const test = { file, name, ms };
      if (what === "refused") reach.refused.push(test);
      if (what === "reached") reach.reached.push(test);
    }
  });
  return all;
}

function unknownTo(known: ReadonlySet<string>, names: readonly string[]): readonly number[] {
  return names.flatMap((name, at) => (known.has(name) ? [] : [at]));
}

async function play(
  copy: string,
  file: string,
  path: string,
  names: readonly string[],
  say: (text: string) => void,
): Promise<Kept> {
  const written = `${path}.part`;
  rmSync(written, { force: true });
  const { code, output } = await runTests(copy, [file], [], { MUTANT_REACH: written });
  if (code !== 0 && !isStopped()) say(`does not pass with every check in place: ${file}\n${output.slice(-1500)}`);
  const said = existsSync(written) ? readFileSync(written, "utf8").split("\n") : [];
  const lines = said
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
    .map(({ at, ...line }) => (at === undefined ? line : { ...line, check: names[at] ?? "" }));
  const made: Kept = { known: names, lines };
  // What does not pass is played again the next time.
  if (code === 0) writeFileSync(path, JSON.stringify(made));
  rmSync(written, { force: true });
  return made;
}
