/** `bun:test`, in which a test that runs is named by `MUTANT_TEST`, and says how long it took (tools/mutants/copy.ts). */

import { test as plain } from "bun:test";
import { appendFileSync } from "node:fs";

export * from "bun:test";

type Anything = (...args: unknown[]) => unknown;

const file = process.env.MUTANT_REACH;

function naming(register: Anything): Anything {
  return new Proxy(register, {
    apply(target, self, args: unknown[]) {
      const [name, body, ...rest] = args;
      const result =
        typeof name === "string" && typeof body === "function"
          ? Reflect.apply(target, self, [name, named(name, body as Anything), ...rest])
          : Reflect.apply(target, self, args);
      return typeof result === "function" ? naming(result as Anything) : result;
    },
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? naming((value as Anything).bind(target)) : value;
    },
  });
}

function named(name: string, body: Anything): Anything {
  const run = async (...args: unknown[]) => {
    process.env.MUTANT_TEST = name;
    const startMs = performance.now();
    try {
      return await body(...args);
    } finally {
      if (file !== undefined)
        appendFileSync(file, `${JSON.stringify({ what: "took", name, ms: performance.now() - startMs })}\n`);
    }
  };
  // Bun counts what a body takes, to know whether it waits to be told that the test is done.
  Object.defineProperty(run, "length", { value: body.length });
  return run;
}

export const test = naming(plain as unknown as Anything) as unknown as typeof plain;
