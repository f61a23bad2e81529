/**
 * The simulator's command (docs/spec/simulation.md SIM1):
 *
 *   npm run sim -- --seed N | --seeds A..B [--steps 200] [--acts talk,faults] [--servers 3] [--json FILE] [--break I1] [--verbose]
 *
 * A range runs in two processes. The last line is `N seeds, M failures`.
 */
import { writeFileSync } from "node:fs";
import { parseOptions, type SimOptions, usage } from "./options.ts";
import { runSeed, type SeedResult } from "./seed.ts";

const workers = 2;
const seedsASweep = 8;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.error(usage);
    return 2;
  }
  if (options.part !== undefined) {
    for (const [place, seed] of seedsOf(options).entries()) {
      process.stdout.write(`${JSON.stringify(await runSeed(seed, seedOptions(options)))}\n`);
      if (place % seedsASweep === 0) Bun.gc(true); // A seed leaves dead databases behind.
    }
    return 0;
  }
  const started = performance.now();
  const results = options.first === options.last ? [await alone(options)] : await together();
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

async function together(): Promise<readonly SeedResult[]> {
  const results: SeedResult[] = [];
  const run = async (part: number): Promise<void> => {
    const child = Bun.spawn([process.execPath, import.meta.path, ...process.argv.slice(2), "--part", String(part)], {
      stdout: "pipe",
      stderr: "inherit",
    });
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const result = JSON.parse(line) as SeedResult;
        results.push(result);
        tell(result);
      }
    }
    if ((await child.exited) !== 0) throw new Error("a worker of the simulator ended early");
  };
  await Promise.all(Array.from({ length: workers }, (_, part) => run(part)));
  return results;
}

function tell({ seed, failure }: SeedResult): void {
  if (failure !== undefined) console.log(`seed ${seed} failed at step ${failure.step}: ${failure.why}`);
}

function seedsOf({ first, last, part }: SimOptions): readonly number[] {
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return part === undefined ? all : all.filter((seed) => seed % workers === part);
}

function seedOptions({ steps, broken, families, servers, verbose, part }: SimOptions) {
  return {
    steps,
    families,
    servers,
    ...(broken === undefined ? {} : { broken }),
    ...(verbose && part === undefined ? { say: (line: string) => console.log(line) } : {}),
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
