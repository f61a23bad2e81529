import { expect, setDefaultTimeout, test } from "bun:test";
import { type Invariant, invariants } from "./breaks.ts";
import { parseOptions } from "./options.ts";
import { runSeed } from "./seed.ts";

setDefaultTimeout(60_000); // A seed is seconds of computing on a busy machine.

const steps = 60;
/** Seeds in which the lie of each switch has something to spoil. */
const seeds: Readonly<Record<Invariant, number>> = { I1: 2, I2: 2, I3: 6, I4: 2, I5: 2, I6: 2, I7: 2, I8: 2 };

test("[SIM2] [SIM3] [SIM4] [SIM5] [SIM6] [SIM7] [SIM8] one seed gives one trace, and keeps every invariant", async () => {
  const first = await runSeed(2, { steps });
  const again = await runSeed(2, { steps });
  expect(first.failure).toBeUndefined();
  expect(again).toEqual(first);
  expect((await runSeed(6, { steps })).failure).toBeUndefined();
});

for (const broken of invariants) {
  test(`[SIM9] ${broken} broken on purpose is caught`, async () => {
    const { failure } = await runSeed(seeds[broken], { steps, broken });
    expect(failure?.invariants).toContain(broken);
  });
}

test("[SIM1] options that make no sense are refused", () => {
  expect(parseOptions(["--seeds", "3..9", "--steps=50", "--break", "I3"])).toMatchObject({
    first: 3,
    last: 9,
    steps: 50,
    broken: "I3",
  });
  for (const wrong of [
    [],
    ["--seed"],
    ["--seed", "x"],
    ["--seeds", "9..3"],
    ["--seed", "1", "--break", "I9"],
    ["--no"],
  ])
    expect(parseOptions(wrong)).toBeUndefined();
});
