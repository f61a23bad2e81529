/**
 * `npm run mutants`: removes each marked check in turn and looks that a test notices (docs/spec/rooms.md RO12). Ends
 * with `N checks, M unnoticed`.
 *
 * `--tenth K` (0..9; `commit`: as the commit's id says) takes a tenth of them, `--only TEXT` those whose path or
 * condition holds TEXT (given again: or that TEXT), `--list` names them and runs nothing, `--left` names those that
 * nothing noticed as the files read now, `--json FILE` writes one row a check. What it found is kept in a folder of
 * the system's temporary one, so that a run that was stopped goes on: a check stays noticed, and a test that did not
 * notice is not asked again, while the file of the check and the test's read to a program as they did. Where one of
 * the two changed, the test that noticed before is asked before all others. `--fresh` begins anew.
 *
 * The tests nearest to a check are asked first: those beside it, those of its own package, then those elsewhere that
 * bear its rules, and in a whole run, and with `--tests`, all others. A world of people is played only for a check that
 * nothing nearer noticed. `--jobs N` runs so many of them at once.
 *
 * While tests are written: `--near` asks no others, `--tests TEXT` only test files whose path holds one of these words
 * (`mls/,attacks/`), `--others N` so many that bear no rule of a check, `--no-compiler` no compiler. Each finds sooner
 * what is noticed, and calls unnoticed what else may notice.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Glob } from "bun";
import { eachOf } from "../each-of.mjs";
import { binOf, nodePath, root } from "../setup.mjs";
import { type Check, checksIn } from "./checks.ts";
import { copyTo, putSwitches } from "./copy.ts";
import { digestOfCode } from "./digest.ts";
import { lateMsMax } from "./late.ts";
import { isStopped, runTests } from "./run.ts";
import { type Reach, reachOf, type Test, testFiles } from "./tests.ts";

type Outcome = "noticed" | "unnoticed" | "no test makes it refuse";
/** A check, the test that noticed, or that was asked and did not, and how both files read then. */
type Kept = { readonly check: string; readonly file: string; readonly name: string; readonly hash: string };

const { values: options } = parseArgs({
  options: {
    tenth: { type: "string" },
    only: { type: "string", multiple: true },
    json: { type: "string" },
    tests: { type: "string" },
    others: { type: "string", default: "60" },
    jobs: { type: "string", default: "1" },
    near: { type: "boolean", default: false },
    compiler: { type: "boolean", default: true },
    list: { type: "boolean", default: false },
    left: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
  },
  allowNegative: true,
});

/** Beside those that bear its rules, so many of the shortest are asked. */
const othersMax = Number(options.others);
const jobs = Number(options.jobs);
/** So long at most, mostly much less, a test is taken to last that was not played with every check in place. */
const againMs = 3_000;
const againMostlyMs = 300;

const home = join(tmpdir(), `yanshu-mutants-${Bun.hash(root).toString(36)}`);
const [copy, plain] = [join(home, "copy"), join(home, "plain")];
const [noticed, asked] = [join(home, "noticed.jsonl"), join(home, "asked.jsonl")];
/** What the compiler knows of the tree without a check, so that of the next it reads only what that one touches. */
const built = join(home, "plain.tsbuildinfo");

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

async function removeEach(all: readonly Check[], chosen: readonly Check[]): Promise<void> {
  if (options.fresh) rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  rmSync(plain, { recursive: true, force: true });
  copyTo(copy, root);
  putSwitches(copy, all);
  const names = namesOf(all);
  const words = options.tests?.split(",") ?? [""];
  const filesToAsk = testFiles().filter((file) => words.some((word) => file.includes(word)));
  for (const file of [...new Set(all.map(({ path }) => path)), ...filesToAsk]) digestOf(file);
  const before = rowsBefore();
  const left = leftOf(chosen, names, before);
  console.log(`${chosen.length} checks, ${left.length} to be removed`);
  const keep = (path: string, check: Check, { file, name }: Pick<Kept, "file" | "name">) => {
    const row: Kept = { check: names.get(check) ?? "", file, name, hash: hashOf(check, file) };
    appendFileSync(path, `${JSON.stringify(row)}\n`);
  };
  const keyOfAsked = ({ check, file, name, hash }: Kept) => [check, file, name, hash].join("\n");
  const wereAsked = new Set(keptRows(asked).map(keyOfAsked));
  /** Those that were asked, and did not notice or do not now. */
  const played = new Map<Check, Test[]>();
  let open = await notNoticedAgain(left, all, (check) => before.get(names.get(check) ?? ""), keep);
  for (const { what, mayNotice } of stages(chosen.length === all.length || options.tests !== undefined)) {
    const files = filesToAsk.filter((file) => open.some((check) => mayNotice(check, file)));
    if (files.length === 0) continue;
    console.log(`${open.length} checks left; ${files.length} ${what} may notice`);
    const isLeft = new Set(open.map((check) => all.indexOf(check)));
    const isNewTo = (file: string, unknown: readonly number[]) =>
      unknown.some((at) => isLeft.has(at) && mayNotice(all[at] as Check, file));
    const kept = { copy, kept: join(home, "reach"), names: [...names.values()], jobs };
    const reach = await reachOf(kept, files, isNewTo, (text) => console.log(text));
    const waiting = new Map(
      open.map((check) => {
        const at = all.indexOf(check);
        const tests = testsFor(check, reach[at]).filter(({ file }) => mayNotice(check, file));
        played.set(check, [...(played.get(check) ?? []), ...tests]);
        const isNew = ({ file, name }: Test) =>
          !wereAsked.has(keyOfAsked({ check: names.get(check) ?? "", file, name, hash: hashOf(check, file) }));
        return [at, tests.filter(isNew)];
      }),
    );
    await removeTogether(waiting, ({ at, file, name }, hasNoticed) => {
      const check = all[at];
      if (check !== undefined) keep(hasNoticed ? noticed : asked, check, { file, name });
    });
    if (isStopped()) process.exit(1);
    open = [...waiting.keys()].flatMap((at) => all[at] ?? []);
  }
  const outcomes = new Map<Check, Outcome>();
  const keepMissed = (check: Check) => keep(noticed, check, { file: "", name: "compiler" });
  const missed = options.compiler ? await missedByCompiler(open, keepMissed) : new Set<Check>();
  for (const check of open) {
    if (missed.has(check)) continue;
    const hasNone = (played.get(check) ?? []).length === 0;
    const outcome = hasNone ? "no test makes it refuse" : "unnoticed";
    outcomes.set(check, outcome);
    console.log(`${outcome}: ${nameOf(check)}`);
  }
  const unnoticed = left.filter((check) => (outcomes.get(check) ?? "noticed") !== "noticed");
  if (options.json !== undefined)
    await Bun.write(options.json, JSON.stringify(chosen.map((check) => row(check, outcomes.get(check) ?? "noticed"))));
  sayByRoom(chosen, names, new Set(unnoticed));
  console.log(`${chosen.length} checks, ${unnoticed.length} unnoticed`);
  process.exitCode = unnoticed.length === 0 && chosen.length > 0 ? 0 : 1;
}

function rowsBefore(): ReadonlyMap<string, Kept> {
  return new Map(keptRows(noticed).map((row) => [row.check, row]));
}

/** Those that nothing noticed as their files read now. */
function leftOf(
  chosen: readonly Check[],
  names: ReadonlyMap<Check, string>,
  before: ReadonlyMap<string, Kept>,
): readonly Check[] {
  return chosen.filter((check) => {
    const row = before.get(names.get(check) ?? "");
    return row === undefined || row.hash !== hashOf(check, row.file);
  });
}

/** The test that noticed a check before the file of one of the two changed most likely does so now: one for each. */
async function notNoticedAgain(
  left: readonly Check[],
  all: readonly Check[],
  before: (check: Check) => Kept | undefined,
  keep: (path: string, check: Check, by: Pick<Kept, "file" | "name">) => void,
): Promise<readonly Check[]> {
  const waiting = new Map<number, Test[]>();
  for (const check of left) {
    const { file = "", name = "" } = before(check) ?? {};
    if (digestOf(file) !== "") waiting.set(all.indexOf(check), [{ file, name, ms: againMs, mostlyMs: againMostlyMs }]);
  }
  if (waiting.size === 0) return left;
  console.log(`${waiting.size} were noticed before their files changed`);
  const open = new Set(left);
  await removeTogether(waiting, ({ at, file, name }, hasNoticed) => {
    const check = all[at];
    if (check === undefined || !hasNoticed) return;
    open.delete(check);
    keep(noticed, check, { file, name });
  });
  if (isStopped()) process.exit(1);
  return [...open];
}

function sayByRoom(chosen: readonly Check[], names: ReadonlyMap<Check, string>, unnoticed: ReadonlySet<Check>): void {
  const fileOf = new Map(keptRows(noticed).map(({ check, file }) => [check, file]));
  const rooms = new Map<string, { test: number; compiler: number; nothing: number }>();
  for (const check of chosen) {
    const room = rooms.get(roomOf(check.path)) ?? { test: 0, compiler: 0, nothing: 0 };
    const by = unnoticed.has(check) ? "nothing" : fileOf.get(names.get(check) ?? "") === "" ? "compiler" : "test";
    room[by]++;
    rooms.set(roomOf(check.path), room);
  }
  for (const [room, { test, compiler, nothing }] of rooms)
    console.log(`${room}: ${test} noticed by a test, ${compiler} by the compiler, ${nothing} by nothing`);
}

type Stage = { readonly what: string; readonly mayNotice: (check: Check, file: string) => boolean };

/** Which test files are asked, one stage after another for what the one before did not notice. */
function stages(isAll: boolean): readonly Stage[] {
  const inOrder: readonly Stage[] = [
    { what: "test files beside them", mayNotice: ({ path }, file) => dirname(path) === dirname(file) },
    { what: "test files of their packages", mayNotice: isOfPackage },
    { what: "test files elsewhere that bear their rules", mayNotice: (check, file) => bears(file, check) },
    { what: "other test files", mayNotice: () => true },
  ];
  return inOrder.slice(0, options.near || !isAll ? 3 : 4).map(({ what, mayNotice }, at) => {
    const before = inOrder.slice(0, at);
    const isNew = (check: Check, file: string) => !before.some((stage) => stage.mayNotice(check, file));
    return { what, mayNotice: (check, file) => mayNotice(check, file) && isNew(check, file) };
  });
}

/** Of some packages all test files take seconds; of others those that bear a rule of it. */
function isOfPackage(check: Check, file: string): boolean {
  return (
    roomOf(check.path) === roomOf(file) && (/^packages\/(content|wire|mls|client)\//.test(file) || bears(file, check))
  );
}

function bears(file: string, { rules }: Check): boolean {
  return rules.some((rule) => rulesIn(file).has(rule));
}

function roomOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

/** In the order in which they are asked: the likeliest to notice first, then the shortest. */
function testsFor({ rules, text }: Check, reach: Reach | undefined): readonly Test[] {
  const bearing = new RegExp(`\\[[^\\]]*\\b(?:${rules.join("|")})\\b`);
  const inOrder = (tests: readonly Test[]) => [...tests].sort((a, b) => a.ms - b.ms);
  const refused = inOrder(reach?.refused ?? []);
  const own = refused.filter(({ name }) => bearing.test(name));
  const others = refused.filter((test) => !own.includes(test)).slice(0, othersMax);
  // A call may throw in place of refusing.
  const thrown = text.includes("(") ? inOrder(reach?.reached ?? []).filter(({ name }) => bearing.test(name)) : [];
  return [...own, ...others, ...thrown.filter((test) => !refused.some(({ name }) => name === test.name))];
}

/** What is played in one process takes about so long, as long as one test does not take more. */
const partMsMax = 20_000;
/** Beside what a test may take: a loop without end lets nothing else be said. */
const wordMsMax = 8_000;

/** Which checks are switched off in a test, one at a time, and how long the test takes with every check in place. */
type Rounds = { readonly ats: readonly number[] } & Pick<Test, "ms" | "mostlyMs">;
/** By file and test. */
type Plan = ReadonlyMap<string, ReadonlyMap<string, Rounds>>;
type Said = {
  readonly at: number;
  readonly file: string;
  readonly name: string;
  readonly what: "begun" | "passed" | "failed" | "late";
};

/**
 * Each check in a few of its tests at first, then in more and more; many of them in one process, in which tests are
 * played again and again. What notices is taken from `waiting`.
 */
async function removeTogether(
  waiting: Map<number, Test[]>,
  keep: (said: Said, hasNoticed: boolean) => void,
): Promise<void> {
  for (let size = 1; [...waiting.values()].some((tests) => tests.length > 0); size *= 2) {
    const plan = new Map<string, Map<string, Rounds>>();
    for (const [at, tests] of waiting)
      for (const { file, name, ...takes } of tests.splice(0, size)) {
        const ofFile = plan.get(file) ?? new Map<string, Rounds>();
        plan.set(file, ofFile.set(name, { ats: [...(ofFile.get(name)?.ats ?? []), at], ...takes }));
      }
    await eachOf(partsOf(plan), jobs, async (some, job) => {
      if (isStopped()) return;
      await play(some, job, (said, hasNoticed) => {
        if (!hasNoticed || waiting.delete(said.at)) keep(said, hasNoticed);
      });
    });
    if (isStopped()) return;
  }
}

/** So much that a run which is stopped loses little: what a process found is kept when it ends. */
function partsOf(plan: Plan): readonly Plan[] {
  const parts: Map<string, Map<string, Rounds>>[] = [];
  let leftMs = 0;
  for (const [file, tests] of plan)
    for (const [name, rounds] of tests) {
      if (leftMs <= 0) {
        parts.push(new Map());
        leftMs = partMsMax;
      }
      const part = parts.at(-1);
      part?.set(file, (part.get(file) ?? new Map<string, Rounds>()).set(name, rounds));
      leftMs -= rounds.ats.length * (rounds.mostlyMs ?? rounds.ms);
    }
  return parts;
}

/**
 * A test that failed without a check is played with every check in place after it, in the same process. Where it fails
 * then too, what failed is played once more in a process of its own.
 *
 * @param job which of those at once it is: each has files of its own.
 */
async function play(plan: Plan, job: number, tell: (said: Said, hasNoticed: boolean) => void): Promise<void> {
  const broken: Said[] = [];
  for (let left = plan; left.size > 0; ) {
    const all = await saidIn(left, job);
    const isWhole = new Map<string, boolean>();
    for (const one of all)
      if (one.at === -1 && one.what !== "begun")
        isWhole.set(keyOf(one), one.what === "passed" && isWhole.get(keyOf(one)) !== false);
    for (const one of all) {
      if (one.at === -1 || one.what === "begun") continue;
      if (one.what === "passed") tell(one, false);
      else if (isWhole.get(keyOf(one)) === true) tell(one, true);
      else broken.push(one);
    }
    if (isStopped()) return;
    const last = all.at(-1);
    if (last?.what !== "begun") break;
    // One that took the whole process with it is looked at by itself; what was not played is, in another.
    if (last.at !== -1) broken.push(last);
    left = without(left, all);
  }
  for (const one of broken) {
    const alone = async (at: number) => {
      const ms = plan.get(one.file)?.get(one.name)?.ms ?? 0;
      const said = await saidIn(new Map([[one.file, new Map([[one.name, { ats: [at], ms }]])]]), job);
      const ends = said.filter((each) => each.what !== "begun" && each.at === at);
      return ends.length > 0 && ends.every(({ what }) => what === "passed");
    };
    const isWhole = await alone(-1);
    const passes = isWhole && (await alone(one.at));
    if (isStopped()) return;
    if (!isWhole) console.log(`does not pass by itself with every check in place: ${keyOf(one)}`);
    else tell(one, !passes);
  }
}

/** Plays it in one process. */
async function saidIn(plan: Plan, job: number): Promise<readonly Said[]> {
  const [planned, saidAt] = [join(home, `plan-${job}.json`), join(home, `said-${job}.jsonl`)];
  const byTest = [...plan].map(([file, tests]) => [join(copy, file), Object.fromEntries(tests)]);
  writeFileSync(planned, JSON.stringify(Object.fromEntries(byTest)));
  rmSync(saidAt, { force: true });
  const names = [...new Set([...plan.values()].flatMap((tests) => [...tests.keys()]))];
  const msMax = Math.max(...[...plan.values()].flatMap((tests) => [...tests.values()].map(({ ms }) => ms)));
  const says = { path: saidAt, stillMsMax: wordMsMax + lateMsMax(msMax) };
  await runTests(copy, [...plan.keys()], names, { MUTANT_PLAN: planned, MUTANT_SAID: saidAt }, says);
  if (!existsSync(saidAt)) return [];
  return readFileSync(saidAt, "utf8")
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Said]))
    .map((one) => ({ ...one, file: one.file.slice(copy.length + 1) }));
}

function keyOf({ file, name }: Pick<Said, "file" | "name">): string {
  return `${file} ${name}`;
}

function without(plan: Plan, all: readonly Said[]): Plan {
  const begun = new Set(all.map((one) => `${keyOf(one)} ${one.at}`));
  const left = [...plan].map(([file, tests]) => {
    const some = [...tests].map(([name, { ats, ms }]) => {
      const not = ats.filter((at) => !begun.has(`${keyOf({ file, name })} ${at}`));
      return [name, { ats: not, ms }] as const;
    });
    return [file, new Map(some.filter(([, { ats }]) => ats.length > 0))] as const;
  });
  return new Map(left.filter(([, tests]) => tests.size > 0));
}

/**
 * Conditions that tell the compiler what a value is cannot be taken out of code that is checked. One of each file is
 * taken out at a time: an error in that file is its own. Only those files are read, and what they import.
 *
 * @throws Error where the tree does not compile as it is.
 */
async function missedByCompiler(checks: readonly Check[], tell: (check: Check) => void): Promise<ReadonlySet<Check>> {
  const missed = new Set<Check>();
  if (checks.length === 0) return missed;
  if (!existsSync(plain)) copyTo(plain, root);
  const ofFile = new Map<string, Check[]>();
  for (const check of checks) ofFile.set(check.path, [...(ofFile.get(check.path) ?? []), check]);
  const project = { extends: "./tsconfig.json", files: [...ofFile.keys()], include: ["packages/**/*.d.ts"] };
  writeFileSync(join(plain, "tsconfig.mutants.json"), JSON.stringify(project));
  if ((await filesWithErrors()).size > 0) throw new Error("the tree does not compile");
  const most = Math.max(...[...ofFile.values()].map(({ length }) => length));
  for (let nth = 0; nth < most; nth++) {
    if (isStopped()) process.exit(1);
    const some = [...ofFile.values()].flatMap((own) => own[nth] ?? []);
    const sources = some.map(({ path }) => readFileSync(join(plain, path), "utf8"));
    for (const [at, { path, start, end, passes }] of some.entries()) {
      const source = sources[at] ?? "";
      // A call, so that the compiler draws nothing from the value and misses nothing but what the check told it.
      const without = passes === "true" ? "Boolean(1)" : "Boolean(0)";
      writeFileSync(join(plain, path), `${source.slice(0, start)}${without}${source.slice(end)}`);
    }
    const broken = await filesWithErrors();
    for (const [at, check] of some.entries()) {
      writeFileSync(join(plain, check.path), sources[at] ?? "");
      if (!broken.has(check.path)) continue;
      missed.add(check);
      tell(check);
    }
  }
  return missed;
}

async function filesWithErrors(): Promise<ReadonlySet<string>> {
  const lenient = ["--noUnusedLocals", "false", "--noUnusedParameters", "false", "--allowUnreachableCode", "true"];
  const how = [
    "-p",
    "tsconfig.mutants.json",
    "--noEmit",
    "--pretty",
    "false",
    "--incremental",
    "--tsBuildInfoFile",
    built,
    ...lenient,
  ];
  const tsc = Bun.spawn([nodePath, binOf("typescript", "bin/tsc"), ...how], { cwd: plain, stderr: "ignore" });
  const said = await new Response(tsc.stdout).text();
  const files = said.split("\n").flatMap((line) => /^(\S+?)\(\d+,\d+\): error/.exec(line)?.[1] ?? []);
  if ((await tsc.exited) !== 0 && files.length === 0) throw new Error(`the compiler failed: ${said.slice(0, 500)}`);
  return new Set(files);
}

function keptRows(path: string): readonly Kept[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  // The last line of a run that was killed may be half a line.
  return lines.flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as Kept] : []));
}

const cited = new Map<string, ReadonlySet<string>>();
function rulesIn(file: string): ReadonlySet<string> {
  const rules = cited.get(file) ?? new Set(readFileSync(join(root, file), "utf8").match(/\b[A-Z]{2,4}\d+\b/g));
  cited.set(file, rules);
  return rules;
}

/** Of a file as it was when it was first asked for: the tree may be worked on meanwhile. */
const digests = new Map<string, string>();
function digestOf(file: string): string {
  const known = digests.get(file);
  if (known !== undefined) return known;
  const path = join(root, file);
  const made = file !== "" && existsSync(path) ? digestOfCode(file, readFileSync(path, "utf8")) : "";
  digests.set(file, made);
  return made;
}

/** How the file of a check, and that of the test which noticed, read. */
function hashOf({ path }: Check, file: string): string {
  return `${digestOf(path)} ${digestOf(file)}`;
}

/** By what they say, and which of those that say the same in a file: lines above may come and go. */
function namesOf(checks: readonly Check[]): ReadonlyMap<Check, string> {
  const seen = new Map<string, number>();
  return new Map(
    checks.map((check) => {
      const name = `${check.path} ${check.text} ${check.passes}`;
      const nth = seen.get(name) ?? 0;
      seen.set(name, nth + 1);
      return [check, `${name} ${nth}`];
    }),
  );
}

function nameOf({ path, line, text, passes, rules }: Check): string {
  return `${path}:${line} (${rules.join(", ")}) ${text} → ${passes}`;
}

function row(check: Check, outcome: Outcome) {
  return { name: nameOf(check), value: outcome, unit: "", goal: "noticed", ok: outcome === "noticed" };
}

const all = await allChecks();
const tenth = options.tenth === "commit" ? tenthOfCommit() : options.tenth && Number(options.tenth);
const chosen = all.filter(
  (check, at) =>
    (tenth === undefined || at % 10 === tenth) &&
    (options.only === undefined || options.only.some((text) => `${check.path} ${check.text}`.includes(text))),
);
if (options.list || options.left) {
  const named = options.left ? leftOf(chosen, namesOf(all), rowsBefore()) : chosen;
  for (const check of named) console.log(nameOf(check));
  console.log(`${named.length} of ${all.length} checks`);
} else await removeEach(all, chosen);
