/**
 * `npm run check`: everything that reads the code without running it. Each part prints only when
 * it fails. `--json FILE` writes one row a part.
 */
import { writeFile } from "node:fs/promises";
import { binOf, bunPath, nodePath, root } from "./setup.mjs";

type Part = { readonly name: string; readonly command: readonly string[] };
type Row = {
  readonly name: string;
  readonly value: number;
  readonly unit: "ms";
  readonly goal: "";
  readonly ok: boolean;
};

const parts: Part[] = [
  { name: "types", command: [nodePath, binOf("typescript", "bin/tsc"), "-p", "."] },
  { name: "types of portable rooms", command: [nodePath, binOf("typescript", "bin/tsc"), "-p", "tools/portable"] },
  {
    name: "format and lint",
    command: [
      nodePath,
      binOf("@biomejs/biome", "bin/biome"),
      "ci",
      "--colors=off",
      "--diagnostic-level=warn",
      "--error-on-warnings",
      ".",
    ],
  },
  { name: "promises", command: [nodePath, binOf("oxlint", "bin/oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "dead code", command: [nodePath, binOf("knip", "bin/knip.js"), "--no-progress"] },
  { name: "arrows", command: [bunPath, "tools/arrows.ts"] },
  { name: "rules cited and tested", command: [bunPath, "tools/spec-ids.ts"] },
  { name: "kinds asked by property", command: [bunPath, "tools/kinds.ts"] },
  { name: "features without keys", command: [bunPath, "tools/feature-keys.ts"] },
  { name: "checks marked", command: [bunPath, "tools/mutants/unmarked.ts"] },
  { name: "features promised and tested", command: [bunPath, "tools/features.ts"] },
  { name: "lines of prose", command: [bunPath, "tools/lines.ts"] },
  { name: "links", command: [bunPath, "tools/links.ts"] },
  { name: "names of the field", command: [bunPath, "tools/given-up-names.ts"] },
];

async function run({ name, command }: Part): Promise<Row> {
  const startMs = performance.now();
  const child = Bun.spawn([...command], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const value = Math.round(performance.now() - startMs);
  const ok = code === 0;
  console.log(`${ok ? "ok  " : "FAIL"} ${name} (${(value / 1000).toFixed(1)} s)`);
  if (!ok) console.log(`${out}${err}`.trimEnd());
  return { name, value, unit: "ms", goal: "", ok };
}

const rows: Row[] = [];
for (const part of parts) rows.push(await run(part)); // One at a time: each of them uses every core.

const jsonFlag = process.argv.indexOf("--json");
if (jsonFlag !== -1) await writeFile(process.argv[jsonFlag + 1] as string, JSON.stringify(rows));
const failed = rows.filter(({ ok }) => !ok).length;
console.log(`check: ${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
