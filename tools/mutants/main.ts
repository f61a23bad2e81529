/**
 * `npm run mutants`: removes each marked check in turn and looks that a test notices (docs/spec/rooms.md RO12). Ends
 * with `N checks, M unnoticed`.
 *
 * `--tenth K` (0..9; `commit`: as the commit's id says) takes a tenth of them, `--only TEXT` those whose path or condition holds TEXT, `--list` names them
 * and runs nothing, `--json FILE` writes one row a check.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Glob } from "bun";
import { binOf, bunPath, nodePath, root } from "../setup.mjs";
import { type Check, checksIn } from "./checks.ts";
import { copyOf } from "./copy.ts";
import { testsByRule } from "./tests.ts";

type Outcome = "noticed" | "unnoticed" | "no test bears its rules";
/** One `bun test`: of files or folders, and of the titles among them that fit `names`. */
type Run = { readonly files: readonly string[]; readonly names: string };

/** Rooms whose tests take seconds: they are played whole, whichever rule they bear. */
const quickRooms = ["content", "mls", "wire"];

const secondsMax = 120;

const { values: options } = parseArgs({
  options: {
    tenth: { type: "string" },
    only: { type: "string" },
    json: { type: "string" },
    list: { type: "boolean", default: false },
  },
});

/** The first where the tree is no repository. */
function tenthOfCommit(): number {
  const { stdout } = Bun.spawnSync(["git", "rev-parse", "HEAD"], { cwd: root, stderr: "ignore" });
  return Number.parseInt(stdout.toString().slice(0, 8) || "0", 16) % 10;
}

async function allChecks(): Promise<readonly Check[]> {
  const paths = [...new Glob("packages/*/src/**/*.ts").scanSync(root)].filter((path) => !path.endsWith(".test.ts"));
  const checks: Check[] = [];
  for (const path of paths.sort()) checks.push(...checksIn(path, await Bun.file(`${root}/${path}`).text()));
  return checks;
}

async function removeEach(checks: readonly Check[]): Promise<void> {
  const byRule = await testsByRule(root);
  const runsOf = ({ path, rules }: Check): readonly Run[] => {
    const room = quickRooms.map((name) => `packages/${name}/`).find((folder) => path.startsWith(folder));
    const files = [...new Set(rules.flatMap((rule) => [...(byRule.get(rule) ?? [])]))].sort();
    const own = files.filter((file) => room !== undefined && file.startsWith(room));
    const others = files.filter((file) => !own.includes(file));
    const names = String.raw`\[[^\]]*\b(${[...new Set(rules)].sort().join("|")})\b`;
    // The likeliest to notice first.
    return [
      ...(own.length === 0 ? [] : [{ files: own, names }]),
      ...(room === undefined ? [] : [{ files: [room], names: "" }]),
      ...(others.length === 0 ? [] : [{ files: others, names }]),
    ];
  };
  const copies = Array.from({ length: Math.min(2, availableParallelism()) }, () => copyOf(root));
  try {
    if (!(await compiles(copies[0]?.path ?? root))) throw new Error("the tree does not compile: npm run check");
    const outcomes = new Map<Check, Outcome>();
    await atOnce(copies, await failing(copies, checks.flatMap(runsOf)), ([run, output]) => {
      throw new Error(`with every check in place these do not pass: ${key(run)}\n${output}`);
    });
    await atOnce(copies, checks, async (check, copy) => {
      const runs = runsOf(check);
      const outcome = runs.length === 0 ? "no test bears its rules" : await without(check, runs, copy);
      outcomes.set(check, outcome);
      if (outcome !== "noticed") console.log(`${outcome}: ${nameOf(check)}`);
    });
    const unnoticed = checks.filter((check) => outcomes.get(check) !== "noticed");
    if (options.json !== undefined)
      await Bun.write(options.json, JSON.stringify(checks.map((check) => row(check, outcomes.get(check)))));
    console.log(`${checks.length} checks, ${unnoticed.length} unnoticed`);
    process.exitCode = unnoticed.length === 0 && checks.length > 0 ? 0 : 1;
  } finally {
    for (const copy of copies) copy.remove();
  }
}

type Copies = readonly { readonly path: string }[];

/** Each run once, with nothing removed: a test that fails by itself would notice everything. */
async function failing(copies: Copies, runs: readonly Run[]): Promise<readonly (readonly [Run, string])[]> {
  const distinct = [...new Map(runs.map((run) => [key(run), run])).values()];
  const failed: [Run, string][] = [];
  await atOnce(copies, distinct, async (run, copy) => {
    const { code, output } = await runTests(run, copy);
    if (code !== 0) failed.push([run, output.slice(-4000)]);
  });
  return failed;
}

function key({ files, names }: Run): string {
  return `${files.join(" ")} -t "${names}"`;
}

async function without(check: Check, runs: readonly Run[], copy: string): Promise<Outcome> {
  const file = Bun.file(`${copy}/${check.path}`);
  const source = await file.text();
  // A call, so that the compiler draws nothing from the value and misses nothing but what the check told it.
  const passes = check.passes === "true" ? "Boolean(1)" : "Boolean(0)";
  await Bun.write(file, `${source.slice(0, check.start)}${passes}${source.slice(check.end)}`);
  try {
    for (const run of runs) if ((await runTests(run, copy)).code !== 0) return "noticed";
    return (await compiles(copy)) ? "unnoticed" : "noticed";
  } finally {
    await Bun.write(file, source);
  }
}

/** A condition that tells the compiler what a value is cannot be taken out of code that is checked. */
async function compiles(copy: string): Promise<boolean> {
  const lenient = ["--noUnusedLocals", "false", "--noUnusedParameters", "false", "--allowUnreachableCode", "true"];
  const command = [
    nodePath,
    binOf("typescript", "bin/tsc"),
    "-p",
    ".",
    "--noEmit",
    "--incremental",
    "false",
    ...lenient,
  ];
  return (await Bun.spawn(command, { cwd: copy, stdout: "ignore", stderr: "ignore" }).exited) === 0;
}

/** A run that hangs without its check has noticed. */
async function runTests({ files, names }: Run, copy: string): Promise<{ code: number; output: string }> {
  const command = [
    bunPath,
    "test",
    "--bail",
    "--timeout",
    "30000",
    ...(names === "" ? [] : ["-t", names]),
    ...files.map((file) => `./${file}`),
  ];
  const child = Bun.spawn(command, { cwd: copy, stdout: "ignore", stderr: "pipe" });
  const timer = setTimeout(() => child.kill("SIGKILL"), secondsMax * 1000);
  const output = await new Response(child.stderr).text();
  const code = await child.exited;
  clearTimeout(timer);
  return { code, output };
}

/** One item at a time in each copy. */
async function atOnce<T>(copies: Copies, items: readonly T[], play: (item: T, copy: string) => Promise<void> | void) {
  const waiting = [...items];
  await Promise.all(
    copies.map(async ({ path }) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await play(item, path);
    }),
  );
}

function nameOf({ path, line, text, passes, rules }: Check): string {
  return `${path}:${line} (${rules.join(", ")}) ${text} → ${passes}`;
}

function row(check: Check, outcome: Outcome | undefined) {
  return { name: nameOf(check), value: outcome, unit: "", goal: "noticed", ok: outcome === "noticed" };
}

const all = await allChecks();
const tenth = options.tenth === "commit" ? tenthOfCommit() : options.tenth && Number(options.tenth);
const chosen = all.filter(
  (check, at) =>
    (tenth === undefined || at % 10 === tenth) &&
    (options.only === undefined || `${check.path} ${check.text}`.includes(options.only)),
);
if (options.list) {
  for (const check of chosen) console.log(nameOf(check));
  console.log(`${chosen.length} of ${all.length} checks`);
} else await removeEach(chosen);
