/**
 * Which tests can notice a check that is gone: those in which it refuses. Each test file is played once with every check in
 * place (tools/mutants/copy.ts), and what it reached is kept while the file and the checks are as they were.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";
import { runTests } from "./run.ts";

/** `name` as it stands in the source, with `%s` and the like where rows fill it. */
export type Test = { readonly file: string; readonly name: string; readonly ms: number };
/** Of one check. A check whose condition throws is reached, and refuses without saying so. */
export type Reach = { readonly refused: readonly Test[]; readonly reached: readonly Test[] };
type Line = { readonly what: string; readonly name: string; readonly at?: number; readonly ms?: number };

/** Rooms whose tests see what a check refuses, in the order in which they are asked. */
const rooms = ["content", "wire", "mls", "store", "client", "server", "testing"];
/** They look at the tree, at how long something takes, or play others' tests once more. */
const leftOut = /\/(evidence|process|fuzz|sim)\/|backup\/|\/locales\//;

export function testFiles(root: string): readonly string[] {
  return rooms.flatMap((room) =>
    [...new Glob(`packages/${room}/src/**/*.test.ts`).scanSync(root)].filter((file) => !leftOut.test(file)).sort(),
  );
}

/**
 * @param key what the checks are; what was kept under another is not believed.
 * @param say is told of files whose tests do not pass with every check in place: they can notice nothing.
 */
export async function reachOf(
  { copy, kept, key }: { readonly copy: string; readonly kept: string; readonly key: string },
  files: readonly string[],
  count: number,
  say: (text: string) => void,
): Promise<readonly Reach[]> {
  mkdirSync(kept, { recursive: true });
  const all = Array.from({ length: count }, () => ({ refused: [] as Test[], reached: [] as Test[] }));
  for (const file of files) {
    const hash = Bun.hash(`${key} ${readFileSync(join(copy, file), "utf8")}`).toString(36);
    const path = join(kept, `${file.replaceAll("/", "+")}.${hash}`);
    if (!existsSync(path)) {
      const written = `${path}.part`;
      rmSync(written, { force: true });
      const { code, output } = await runTests(copy, [file], [], { MUTANT_REACH: written });
      if (code !== 0) say(`does not pass with every check in place: ${file}\n${output.slice(-1500)}`);
      writeFileSync(path, code === 0 && existsSync(written) ? readFileSync(written) : "");
      rmSync(written, { force: true });
    }
    const lines = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);
    const took = new Map(lines.flatMap(({ what, name, ms }) => (what === "took" ? [[name, ms ?? 0] as const] : [])));
    for (const { what, name, at } of lines) {
      const reach = at === undefined ? undefined : all[at];
      if (reach === undefined) continue;
      const test = { file, name, ms: took.get(name) ?? 60_000 };
      if (what === "refused") reach.refused.push(test);
      if (what === "reached") reach.reached.push(test);
    }
  }
  return all;
}
