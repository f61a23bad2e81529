/**
 * `npm test`: sets up what tests need, runs every check and test there is, and ends with one line,
 * `N passed, N failed`. Counts come from what the runners write for machines, never from what they
 * print for people; a runner that says nothing has failed. A test under the machine's whole load gets
 * more than one try, and the file of one that fails is played once more at the end, with nothing beside it.
 * What did not pass at the first is named below the counts with its error. What takes long, and whose promise a test
 * without a browser shows as well, bears `@long`: `npm run test:long` plays that, and `npm test` all else
 * (docs/decisions/0129).
 */
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { asCommand, binOf, bunPath, ensureInstalled, root } from "./setup.mjs";

const minuteMs = 60_000;
const isLong = process.argv.includes("--long");
/** What runners write for machines; it stays where somebody names a folder, so that what takes longest can be found. */
const reports = process.env.YANSHU_TEST_REPORTS ?? mkdtempSync(join(tmpdir(), "yanshu-test-"));
/** Databases of worlds and terminals lie here, so that nobody waits for a disk; undefined where there is no room. */
const inMemory = folderInMemory("/dev/shm", 4 * 2 ** 30);
const withoutDisk = inMemory === undefined ? {} : { TMPDIR: inMemory };
/** Tests of the evidence leave to the evidence itself what stands as it should. */
const besideEvidence = { YANSHU_EVIDENCE: "beside" };
const reportPath = (name) => join(reports, name);
const junit = (path) => ["--reporter=junit", `--reporter-outfile=${path}`];

/**
 * Each step: what it runs, after how many minutes it hangs (several times what it takes on a full machine), how its
 * report is counted, and how many places of the pool it takes.
 * The app is built before any test, for some would build it themselves where it is not.
 */
const webBuild = {
  name: "web build",
  command: [process.execPath, "tools/build-web.mjs"],
  minutes: 10,
  count: (_output, code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }),
};
const check = {
  name: "check",
  command: [bunPath, "tools/check.ts", "--json", reportPath("check.json")],
  minutes: 20,
  places: 2,
  count: () => countRows("check.json"),
};
const ofServer = testsIn("packages/server");
const ofTesting = testsIn("packages/testing");
const isOfFeature = (path) => path.includes("/features/");
const isWorld = (path) => path.startsWith("packages/testing/src/world/");
const isOfMoments = (path) => /\/world\/(moments|status)[^/]*$/.test(path);
const isOfEvidence = (path) => path.startsWith("packages/testing/src/evidence/");
const isOfSimulator = (path) => path.startsWith("packages/testing/src/sim/");
/** Rooms whose tests take long by themselves: servers and processes that wait, and worlds that are played through. */
const long = {
  "tests of the server": ofServer.filter((path) => !isOfFeature(path)),
  "tests of the server's features": ofServer.filter(isOfFeature),
  "world tests": ofTesting.filter((path) => isWorld(path) && !isOfMoments(path)),
  "world tests of Moments": ofTesting.filter(isOfMoments),
  "tests of evidence and processes": ofTesting.filter((path) => !isWorld(path) && !isOfSimulator(path)),
  "tests of the simulator": ofTesting.filter(isOfSimulator),
};
const others = foldersIn("packages").filter((path) => !["testing", "cli", "server"].includes(path.split("/")[1]));
const ofEvidence = String.raw`\[R5\.2\]|R1\.7:|R4\.2 programs|R5\.5 (?:floods|large|programs)`;
/** Browsers, each with servers of their own; they keep the machine as busy as all rooms together. */
const endToEnd = {
  name: "end-to-end tests",
  // The evidence plays those that it cites.
  command: [
    process.execPath,
    binOf("@playwright/test", "cli.js"),
    "test",
    ...(isLong ? ["--grep", "@long"] : ["--grep-invert", `@long|${ofEvidence}`]),
  ],
  // `npm run e2e` plays more in both looks, and walks all screens with large words as well.
  env: { PLAYWRIGHT_JSON: reportPath("e2e.json"), YANSHU_E2E: "short" },
  minutes: 60,
  places: 3,
  count: countPlaywright,
  only: (files) => ({ command: [...endToEnd.command, ...files.map((file) => `/${file}`)] }),
};
const evidence = {
  name: "evidence",
  command: [bunPath, "packages/testing/src/evidence/main.ts", "--json", reportPath("evidence.json")],
  minutes: 30,
  // A hundred thousand guesses from one place: beside browsers connections are lost, and the row is void.
  places: 4,
  count: () => countRows("evidence.json"),
};
const rooms = Object.entries(long).map(([name, paths]) => ({
  ...bunTests(name, paths),
  env: { ...(paths.every(isWorld) && withoutDisk), ...(paths.some(isOfEvidence) && besideEvidence) },
}));
/**
 * One pool, so that no processor waits while anything is left (docs/decisions/0052): what waits for timers and for
 * other processes runs beside what reckons. They begin in this order: first what takes longest.
 */
const usual = [
  endToEnd,
  check,
  ...rooms,
  // Each is several processes that speak with a server.
  { ...bunTests("terminal tests", ["packages/cli"], "--max-concurrency=6"), env: withoutDisk },
  bunTests("unit tests", [...others, "bench", "tools"]),
  // It waits for servers, and leaves half a processor to the seeds, of which one goes on beside it.
  evidence,
  // Lives by the thousand are asked for (`npm run sim`): these notice what breaks at once.
  seeds(1, 8),
  // Most of what goes wrong needs no long life: two short ones take half of what one long one does.
  seeds(101, 112, 25),
  seeds(501, 502, 60, 3),
];
const filesOfLong = [...ofServer, ...ofTesting, ...testsIn("tools")].filter((path) =>
  /@long\b/.test(readFileSync(join(root, path), "utf8")),
);
const pool = isLong ? [endToEnd, bunTests("long tests", filesOfLong)] : usual;
/** Of two processors; a test waits long for one where more run at once. */
const placesMax = 5;

/** Paths of the test files in a folder and below it. */
function testsIn(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts") && !path.includes("node_modules"))
    .map((path) => `${folder}/${path}`);
}

/** Paths of the folders in one. */
function foldersIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`);
}

/** @param paths folders, or files. */
function bunTests(name, paths, ...options) {
  const report = `${name}.xml`;
  return {
    name,
    command: [
      bunPath,
      "test",
      "--timeout",
      "60000",
      "--retry=1",
      "--test-name-pattern",
      isLong ? "@long" : "^(?!.*@long)",
      ...options,
      ...junit(reportPath(report)),
      ...paths.map((path) => (path.endsWith(".ts") ? `./${path}` : `./${path}/`)),
    ],
    minutes: 40,
    count: (output) => countBunTests(output, report),
    only: (files) => bunTests(name, files, ...options),
  };
}

function seeds(first, last, steps, servers = 1) {
  const range = `${first}..${last}`;
  const how = [...(steps === undefined ? [] : ["--steps", `${steps}`]), "--servers", `${servers}`];
  return {
    name: `simulator, seeds ${range}${steps === undefined ? "" : `, ${steps} steps each`}${servers === 1 ? "" : `, ${servers} servers`}`,
    command: [bunPath, "packages/testing/src/sim/main.ts", "--seeds", range, ...how],
    // To compile the WebAssembly of a database a second time takes a sixth of a short life and does not pay.
    env: { BUN_JSC_useOMGJIT: "0" },
    minutes: 30,
    count: (output) => countSeeds(output, last - first + 1),
  };
}

/** @returns undefined where there is less free. */
function folderInMemory(at, bytesMin) {
  if (!existsSync(at)) return undefined;
  const { bavail, bsize } = statfsSync(at);
  const available = /^MemAvailable: +(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
  if (Math.min(bavail * bsize, Number(available?.[1] ?? 0) * 1_024) < bytesMin) return undefined;
  return mkdtempSync(join(at, "yanshu-test-"));
}

// However it ends: what lies in memory would stay there.
process.on("exit", () => {
  const folders = process.env.YANSHU_TEST_REPORTS === undefined ? [reports, inMemory] : [inMemory];
  for (const folder of folders) if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function readReport(name) {
  return readFileSync(reportPath(name), "utf8");
}

/** Rows of `{name, value, unit, goal, ok}`. */
function countRows(name) {
  const rows = JSON.parse(readReport(name));
  const names = rows.filter(({ ok }) => ok !== true).map((row) => row.name);
  return { passed: rows.length - names.length, failed: names.length, skipped: 0, names };
}

/**
 * A test of a runner's report: its file's path, its name, how it ended, and what to say of it if that was not at once.
 */
const caseOf = (file, name, state, late) => ({ file, name, state, late });

/** @throws Error where what the report holds is not as much as it says of itself. */
function countBunTests(output, name) {
  const report = readReport(name);
  const [outer = ""] = /<testsuites\b[^>]*>/.exec(report) ?? [];
  const total = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(outer)?.[1] ?? Number.NaN);
  const each = /<testcase name="([^"]*)"[^>]*? file="([^"]*)"[^>]*?(?:\/>|>\s*<(failure|skipped)\b)/g;
  const states = { failure: "failed", skipped: "skipped" };
  const cases = [...report.matchAll(each)].map(([, name, file, end]) =>
    caseOf(file, name, states[end] ?? "passed", end === "failure" ? `FAILED: ${name}` : undefined),
  );
  if (cases.length !== total("tests") || countOf(cases, "failed") !== total("failures"))
    throw new Error("its report is broken");
  // The report calls skipped what another command plays.
  const played = cases.filter(({ name }) => name.includes("@long") === isLong);
  const late = [...output.matchAll(/^\(pass\) (.*) \(attempt 2\)/gm)].map(([, name]) => `passed at try 2: ${name}`);
  return sumOf(played, late);
}

/** Each of a suite, with the try at which it passed, if at any, and what went wrong at the last that failed. */
function casesOf(suite) {
  const own = (suite.specs ?? []).flatMap(({ file, title, tests }) =>
    tests.map(({ status, results }) => {
      const wrong = results.findLast(({ errors }) => errors.length > 0)?.errors[0];
      const where = wrong?.location === undefined ? "" : ` (line ${wrong.location.line})`;
      const end = status === "flaky" ? `passed at try ${results.length}` : "FAILED";
      const late = /^(unexpected|flaky)$/.test(status)
        ? `${end}: ${title}${where}: ${plainText(wrong?.message ?? "").slice(0, 300)}`
        : undefined;
      return caseOf(file, title, { unexpected: "failed", skipped: "skipped" }[status] ?? "passed", late);
    }),
  );
  return [...own, ...(suite.suites ?? []).flatMap(casesOf)];
}

/** One line without a terminal's colours. */
function plainText(text) {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, " ");
}

function countPlaywright() {
  const { errors, suites } = JSON.parse(readReport("e2e.json"));
  if (errors.length > 0) throw new Error(plainText(errors[0].message ?? ""));
  return sumOf(casesOf({ suites }));
}

function countOf(cases, state) {
  return cases.filter((one) => one.state === state).length;
}

/** @param late what to say of tests that passed later, where the report does not say it of each. */
function sumOf(cases, late = []) {
  const names = [...cases.flatMap((one) => one.late ?? []), ...late];
  const [passed, failed, skipped] = ["passed", "failed", "skipped"].map((state) => countOf(cases, state));
  return { cases, passed, failed, skipped, secondTry: names.length - failed, names };
}

/** Every seed is a test. */
function countSeeds(output, expected) {
  const [, seeds, failures] = /^(\d+) seeds, (\d+) failures$/m.exec(output) ?? [];
  if (Number(seeds) !== expected) throw new Error(`it ran ${seeds ?? "no"} seeds of ${expected}`);
  const names = output.match(/^seed \d+ failed.*$/gm) ?? [];
  return { passed: Number(seeds) - Number(failures), failed: Number(failures), skipped: 0, names };
}

/** Debian's names of what tests need, each with a file by which it is recognised. */
const systemPackages = [
  { name: "postgresql", file: "/usr/lib/postgresql" },
  { name: "nats-server", file: "/usr/sbin/nats-server" },
  { name: "chromium", file: process.env.CHROMIUM ?? "/usr/bin/chromium" },
  { name: "chromium-headless-shell", file: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell" },
  { name: "openssl", file: "/usr/bin/openssl" },
  { name: "fonts-noto-cjk", file: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc" },
  { name: "fonts-noto-color-emoji", file: "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf" },
];

/**
 * Installs them where that is possible, else says what is missing: end-to-end tests then fail by themselves, those of
 * PostgreSQL and NATS are skipped.
 */
function ensureSystemPackages() {
  const missing = () => systemPackages.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  const wanted = missing();
  if (wanted.length === 0) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log(`Installing ${wanted.join(", ")} …`);
    const options = { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    spawnSync("apt-get", ["update", "-qq"], options);
    const install = ["install", "-y", "-qq", "--no-install-recommends"];
    if (wanted.includes("postgresql")) {
      spawnSync("apt-get", [...install, "postgresql-common"], options);
      keepPostgresStill();
    }
    spawnSync("apt-get", [...install, ...wanted], options);
    // As with PostgreSQL: Debian enables it where systemd runs, and tests begin their own.
    if (wanted.includes("nats-server") && existsSync("/run/systemd/system"))
      spawnSync("systemctl", ["disable", "--now", "nats-server"], options);
  }
  const left = missing();
  if (left.length > 0) {
    console.log(
      `Missing: ${left.join(", ")} (Debian's names). The end-to-end tests need them, and those of PostgreSQL and NATS,`,
    );
    console.log("which are skipped; CHROMIUM may name another Chromium. As root on Debian this command installs them.");
  }
}

/**
 * Debian would begin a cluster of the machine's own; tests make theirs, and nothing is to run that was not asked for.
 */
function keepPostgresStill() {
  const file = "/etc/postgresql-common/createcluster.conf";
  if (existsSync(file)) appendFileSync(file, "create_main_cluster = false\n");
}

/** Runs a step, and `print`s what it says; ends it, and all that it started, when its time is over. */
function run({ command, env, minutes }, print) {
  return new Promise((resolve) => {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // Its own process group, so that a browser or server it started ends with it.
    });
    let output = "";
    const show = (chunk) => {
      output += chunk;
      print(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", show);
    child.stderr.setEncoding("utf8").on("data", show);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, minutes * minuteMs);
    running.add(child.pid);
    let worked = 0;
    child.on("error", (error) => show(`${error.message}\n`));
    child.on("exit", () => {
      const now = processorSecondsOfChildren();
      worked = now - countedSeconds;
      countedSeconds = now;
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child.pid);
      resolve({ output, code, late, worked });
    });
  });
}

/**
 * Seconds of processor of all children that have ended, with their own (`cutime` and `cstime`, proc(5), in hundredths);
 * 0 where there is no such file. A child counts when it is waited for, so what was not counted yet is its own.
 */
function processorSecondsOfChildren() {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1).split(" ");
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}

let countedSeconds = 0;
const running = new Set();
function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended in the meantime.
  }
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const pid of running) endGroup(pid);
    process.exit(130);
  });
}

/** @param print shows what the step says while it runs. */
async function runStep(step, print = (text) => process.stdout.write(text)) {
  const startMs = Date.now();
  print(`\n━━ ${step.name}\n`);
  const { output, code, late, worked } = await run(step, print);
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  let result;
  try {
    if (late) throw new Error(`it took more than ${step.minutes} minutes`);
    result = step.count(output, code);
    if (!Number.isInteger(result.passed) || !Number.isInteger(result.failed)) throw new Error("its report is broken");
    if (result.passed + result.failed === 0) throw new Error("it ran nothing");
    if (code !== 0 && result.failed === 0) throw new Error(`it ended with code ${code}`);
  } catch (error) {
    const reason = error.code === "ENOENT" ? "it wrote no report" : error.message;
    print(`${step.name}: ${reason}\n`);
    // What it did count stands; that it did not end well is one failure more.
    const names = [...(result?.names ?? []), `FAILED: ${reason}`];
    result = { passed: result?.passed || 0, failed: (result?.failed || 0) + 1, skipped: result?.skipped || 0, names };
  }
  return { name: step.name, seconds, worked, ...result };
}

/** Of the whole machine since it began, in milliseconds. */
function processorTimes() {
  const all = cpus().map(({ times }) => times);
  const sumOf = (of) => all.reduce((sum, times) => sum + of(times), 0);
  return { idle: sumOf(({ idle }) => idle), all: sumOf((times) => Object.values(times).reduce((a, b) => a + b, 0)) };
}

function busyPercent(before, after) {
  const all = after.all - before.all;
  return all > 0 ? Math.round(100 * (1 - (after.idle - before.idle) / all)) : 0;
}

/**
 * As many at once as there are places, in their order. What each says is printed as a whole.
 *
 * @returns each step with its result, in the order of their ends
 */
async function runPool(steps) {
  const results = [];
  const waiting = [...steps];
  const begun = new Set();
  let free = placesMax;
  while (waiting.length > 0 || begun.size > 0) {
    while (waiting.length > 0 && (waiting[0].places ?? 1) <= free) {
      const step = waiting.shift();
      const places = step.places ?? 1;
      free -= places;
      const end = runWhole(step).then((result) => {
        results.push([step, result]);
        begun.delete(end);
        free += places;
      });
      begun.add(end);
    }
    await Promise.race(begun);
  }
  return results;
}

/**
 * Plays files with a failed test, and evidence that failed, once more, whole, with the machine to themselves: a fault
 * of the product fails there too, and what only other work beside it brings does not. How they end then is what
 * counts; what failed is named.
 */
async function runAgain(step, first) {
  if (step === evidence && first.failed > 0) {
    const again = await runStep({ ...step, name: `${step.name}, once more and alone` });
    const whole = `the whole once more and alone: ${again.passed} passed, ${again.failed} failed`;
    const names = [...(first.names ?? []), whole, ...(again.names ?? [])];
    return { ...first, ...again, name: first.name, names, secondTry: first.failed };
  }
  const files = new Set((first.cases ?? []).filter(({ state }) => state === "failed").map(({ file }) => file));
  if (files.size === 0) return first;
  const again = await runStep({ ...step, ...step.only([...files]), name: `${step.name}, once more and alone` });
  if (again.cases === undefined) return { ...first, failed: Math.max(first.failed, again.failed) };
  const kept = first.cases.filter(({ file }) => !files.has(file));
  const alone = `${[...files].join(", ")} once more and alone: ${again.passed} passed, ${again.failed} failed`;
  const names = [...first.names, alone, ...again.names];
  return { ...first, ...sumOf([...kept, ...again.cases]), names, secondTry: first.secondTry + first.failed };
}

async function runWhole(step) {
  let said = "";
  const result = await runStep(step, (text) => {
    said += text;
  });
  process.stdout.write(said);
  return result;
}

function summary({ passed, failed, skipped, secondTry = 0 }) {
  const more = `${skipped > 0 ? `, ${skipped} skipped` : ""}${secondTry > 0 ? ` (${secondTry} not at the first try)` : ""}`;
  return `${passed} passed, ${failed} failed${more}`;
}

await asCommand(async () => {
  ensureInstalled();
  ensureSystemPackages();
  const [startMs, before] = [Date.now(), processorTimes()];
  countedSeconds = processorSecondsOfChildren();
  const results = [await runStep(webBuild)];
  for (const [step, result] of await runPool(pool)) results.push(await runAgain(step, result));
  const minutes = ((Date.now() - startMs) / minuteMs).toFixed(1);
  console.log("\n━━ summary");
  for (const result of results) {
    const { seconds, worked, name } = result;
    console.log(
      `${seconds.padStart(7)} s, ${worked.toFixed(0).padStart(5)} s of processor  ${name}: ${summary(result)}`,
    );
    for (const name of result.names ?? []) console.log(`           did not pass at once: ${name}`);
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) for (const key of Object.keys(total)) total[key] += result[key];
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
  console.log(`\n${minutes} minutes, processors busy ${busyPercent(before, processorTimes())} %`);
  console.log(summary(total));
});
