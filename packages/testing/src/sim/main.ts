/**
 * The simulator's command (docs/spec/simulation.md SIM1):
 *
 *   npm run sim -- --seed N | --seeds A..B [--steps 200] [--acts talk,faults] [--servers 3] [--homes 3] [--json FILE] [--keep FILE] [--break I1] [--verbose]
 *   npm run sim -- --ring --seeds A..B
 *
 * A range runs in two processes. The last line is `N seeds, M failures`.
 */
import { writeFileSync } from "node:fs";
import { parseOptions, type SimOptions, usage } from "./options.ts";
import { Kept, type Played } from "./progress.ts";
import { ringCommand } from "./ring/play.ts";
import { runSeed, type SeedResult } from "./seed.ts";

const workers = 2;
const seedsASweep = 8;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.error(usage);
    return 2;
  }
  if (options.isRing) return ringCommand(options.first, options.last, options.isWorker);
  if (options.isWorker) {
    await work(options);
    return 0;
  }
  const kept = options.keep === undefined ? undefined : Kept.open(options.keep, options);
  if (typeof kept === "string") {
    console.error(kept);
    return 2;
  }
  const started = performance.now();
  const isOne = options.first === options.last && kept === undefined;
  const results = isOne ? [await alone(options)] : await together(options, kept);
  const failures = results.filter(({ failure }) => failure !== undefined);
  const seconds = (performance.now() - started) / 1_000;
  if (options.json !== undefined) writeFileSync(options.json, rows(results.length, failures.length, seconds));
  console.log(`${results.length} seeds, ${failures.length} failures`);
  return failures.length === 0 ? 0 : 1;
}

async function alone(options: SimOptions): Promise<SeedResult> {
  const result = await runSeed(options.first, seedOptions(options));
  tell(result);
  console.log(`seed ${result.seed}: trace ${result.trace}`);
  return result;
}

/** Plays the seeds that are handed in, a line each, and answers each with a line. */
async function work(options: SimOptions): Promise<void> {
  let played = 0;
  for await (const line of linesOf(Bun.stdin.stream())) {
    const started = performance.now();
    const result = await runSeed(Number(line), seedOptions(options));
    const ms = Math.round(performance.now() - started);
    process.stdout.write(`${JSON.stringify({ ...result, ms } satisfies Played)}\n`);
    // A seed leaves dead clients behind. `true` would throw away all compiled code with them.
    if (played++ % seedsASweep === 0) Bun.gc(false);
  }
}

async function together(options: SimOptions, kept: Kept | undefined): Promise<readonly SeedResult[]> {
  const before = new Map(kept?.played.map((result) => [result.seed, result]));
  const seeds = Array.from({ length: options.last - options.first + 1 }, (_, i) => options.first + i);
  const results = seeds.flatMap((seed) => before.get(seed) ?? []);
  for (const result of results) tell(result);
  const left = seeds.filter((seed) => !before.has(seed)).values();
  const run = async (): Promise<void> => {
    const child = Bun.spawn([process.execPath, import.meta.path, ...process.argv.slice(2), "--worker"], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    for await (const result of handed(child, left)) {
      results.push(result);
      kept?.add(result);
      tell(result);
    }
    if ((await child.exited) !== 0) throw new Error("a worker of the simulator ended early");
  };
  await Promise.all(Array.from({ length: workers }, run));
  if (kept !== undefined) {
    const hours = results.reduce((sum, { ms }) => sum + ms, 0) / 3_600_000;
    console.log(`at commit ${kept.commit}, in ${hours.toFixed(2)} hours of one core`);
  }
  return results;
}

/** Hands `child` one seed after the other, and yields what it answers. */
async function* handed(child: Bun.Subprocess<"pipe", "pipe">, left: Iterator<number>): AsyncGenerator<Played> {
  const hand = async (): Promise<void> => {
    const next = left.next();
    if (next.done === true) await child.stdin.end();
    else await child.stdin.write(`${next.value}\n`);
    await child.stdin.flush();
  };
  await hand();
  for await (const line of linesOf(child.stdout)) {
    await hand();
    yield JSON.parse(line) as Played;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function tell({ seed, failure }: SeedResult): void {
  if (failure !== undefined) console.log(`seed ${seed} failed at step ${failure.step}: ${failure.why}`);
}

function seedOptions({ steps, broken, families, isMomentsEach, servers, homes, verbose, isWorker }: SimOptions) {
  return {
    steps,
    families,
    isMomentsEach,
    servers,
    homes,
    ...(broken === undefined ? {} : { broken }),
    ...(verbose && !isWorker ? { say: (line: string) => console.log(line) } : {}),
  };
}

function rows(seeds: number, failures: number, seconds: number): string {
  return JSON.stringify(
    [
      { name: "sim seeds", value: seeds, unit: "seeds", goal: "", ok: true },
      { name: "sim failures", value: failures, unit: "seeds", goal: "0", ok: failures === 0 },
      { name: "sim time", value: Number(seconds.toFixed(1)), unit: "s", goal: "", ok: true },
    ],
    undefined,
    2,
  );
}

process.exit(await main());
