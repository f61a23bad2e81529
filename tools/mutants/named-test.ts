/**
 * `bun:test`, in which a test that runs is named by `MUTANT_TEST`, and says how long it took (tools/mutants/copy.ts).
 * Where `MUTANT_PLAN` says so, a test is played once for each check that it is to notice, without it, and says which it
 * did.
 */

import { test as plain } from "bun:test";
import { appendFileSync, readFileSync } from "node:fs";
import { lateMsMax } from "./late.ts";
import "./switch.ts";

export * from "bun:test";

type Anything = (...args: unknown[]) => unknown;
/** By file and test, which checks are switched off in it, one at a time, and how long it takes. */
type Rounds = { readonly ats: readonly number[]; readonly ms: number };
type Plan = Readonly<Record<string, Readonly<Record<string, Rounds>>>>;

const { MUTANT_REACH: file, MUTANT_PLAN: planned, MUTANT_SAID: said = "/dev/null" } = process.env;
const plan = planned === undefined ? undefined : (JSON.parse(readFileSync(planned, "utf8")) as Plan);
const planMsMax = 600_000;

function naming(register: Anything): Anything {
  return new Proxy(register, {
    apply(target, self, args: unknown[]) {
      const [name, body, ...rest] = args;
      const isTest = typeof name === "string" && typeof body === "function";
      const more = plan === undefined ? rest : [planMsMax];
      const result = Reflect.apply(target, self, isTest ? [name, named(name, body as Anything), ...more] : args);
      return typeof result === "function" ? naming(result as Anything) : result;
    },
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? naming((value as Anything).bind(target)) : value;
    },
  });
}

function named(name: string, body: Anything): Anything {
  const of = Bun.main; // The file that is read.
  const run = async (...args: unknown[]) => {
    process.env.MUTANT_TEST = name;
    if (plan !== undefined) return playWithout(of, name, () => body(...args));
    const startMs = performance.now();
    const result = await body(...args);
    if (file !== undefined) say(file, { what: "took", name, ms: performance.now() - startMs });
    return result;
  };
  // Bun counts what a body takes, to know whether it waits to be told that the test is done.
  Object.defineProperty(run, "length", { value: body.length });
  return run;
}

/** With every check in place last, where one failed. What is still at work of one that is late is left to itself. */
async function playWithout(of: string, name: string, body: () => unknown): Promise<void> {
  const { switchOff } = globalThis as unknown as { readonly switchOff: (at: number) => void };
  const { ats = [], ms = 0 } = plan?.[of]?.[name] ?? {};
  let isBroken = false;
  const playOne = async (at: number) => {
    say(said, { at, file: of, name, what: "begun" });
    switchOff(at);
    let timer: Timer | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve("late"), lateMsMax(ms));
    });
    const played = Promise.resolve()
      .then(body)
      .then(
        () => "passed",
        () => "failed",
      );
    const what = await Promise.race([played, late]);
    clearTimeout(timer);
    switchOff(-1);
    if (what !== "passed") isBroken = true;
    say(said, { at, file: of, name, what });
  };
  for (const at of ats) await playOne(at);
  if (isBroken) await playOne(-1);
}

function say(path: string, line: object): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}

export const test = naming(plain as unknown as Anything) as unknown as typeof plain;
