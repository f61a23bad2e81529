/** Which tests show a rule: those whose names bear its id (docs/spec/README.md), found in the text of the test files. */
import { Glob } from "bun";

const titles = /["'`]\[((?:[A-Z]{1,4}[\d.]+(?:, )?)+)\]/g;
/** As the first value of a row that becomes a title. */
const rows = /\[\s*"([A-Z]{2,4}\d+)",/g;

/** From a rule's id to the test files, relative to `root`, in which a title bears it. */
export async function testsByRule(root: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const byRule = new Map<string, Set<string>>();
  for await (const path of new Glob("packages/*/src/**/*.test.ts").scan(root)) {
    const text = await Bun.file(`${root}/${path}`).text();
    for (const pattern of [titles, rows])
      for (const [, ids = ""] of text.matchAll(pattern))
        for (const id of ids.split(", ")) byRule.set(id, (byRule.get(id) ?? new Set()).add(path));
  }
  return byRule;
}
