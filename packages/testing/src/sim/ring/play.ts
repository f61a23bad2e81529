/**
 * Plays seeds of ringing, and the command for it: `npm run sim -- --ring --seeds A..B` (docs/spec/calls.md CA36,
 * CA128).
 */
import { ringStep } from "@yanshu/client/ring";
import { broken } from "./broken.ts";
import { type StepOf, Street } from "./street.ts";

type Played = {
  readonly failures: readonly string[];
  /** Calls in which somebody talked, and how calls ended: seeds in which nothing happens prove nothing. */
  readonly talks: number;
  readonly ends: ReadonlySet<string>;
};

export function playRings(first: number, last: number, step: StepOf): Played {
  const failures: string[] = [];
  const ends = new Set<string>();
  let talks = 0;
  for (let seed = first; seed <= last; seed++) {
    const street = new Street(seed, step);
    const wrong = street.run();
    if (wrong !== undefined) failures.push(`seed ${seed}: ${wrong}`);
    talks += street.talks.size;
    for (const list of street.records.values()) for (const as of list) ends.add(as);
  }
  return { failures, talks, ends };
}

/** The first seed that notices; 0 where none does. */
export function firstCaught(first: number, last: number, step: StepOf): number {
  for (let seed = first; seed <= last; seed++) if (new Street(seed, step).run() !== undefined) return seed;
  return 0;
}

/** A range in two processes, then each rule broken once. Returns the exit code. */
export async function ringCommand(first: number, last: number, isWorker: boolean): Promise<number> {
  if (isWorker) {
    const { failures, talks } = playRings(first, last, ringStep);
    process.stdout.write(`${JSON.stringify({ failures, talks })}\n`);
    return 0;
  }
  const started = performance.now();
  const middle = Math.floor((first + last) / 2);
  const halves = await Promise.all([half(first, middle), half(middle + 1, last)]);
  const failures = halves.flatMap((one) => one.failures);
  for (const failure of failures) console.log(failure);
  let unnoticed = 0;
  for (const [what, step] of Object.entries(broken)) {
    const seed = firstCaught(first, last, step);
    if (seed === 0) unnoticed++;
    console.log(`${seed === 0 ? "NOT NOTICED" : `seed ${seed} notices`} when ${what}`);
  }
  const talks = halves.reduce((sum, one) => sum + one.talks, 0);
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(
    `${talks} calls were talked in; ${Object.keys(broken).length} rules broken, ${unnoticed} unnoticed; ${seconds} s`,
  );
  console.log(`${last - first + 1} seeds, ${failures.length + unnoticed} failures`);
  return failures.length + unnoticed === 0 ? 0 : 1;
}

async function half(first: number, last: number): Promise<Pick<Played, "failures" | "talks">> {
  if (last < first) return { failures: [], talks: 0 };
  const main = new URL("../main.ts", import.meta.url).pathname;
  const args = ["--ring", "--worker", "--seeds", `${first}..${last}`];
  const child = Bun.spawn([process.execPath, main, ...args], { stdout: "pipe", stderr: "inherit" });
  const said = await new Response(child.stdout).text();
  if ((await child.exited) !== 0) throw new Error("a worker of the ring simulator ended early");
  return JSON.parse(said) as Pick<Played, "failures" | "talks">;
}
