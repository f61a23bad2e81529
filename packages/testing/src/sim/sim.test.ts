import { expect, test } from "bun:test";
import { type Invariant, invariants } from "./breaks.ts";
import { parseOptions } from "./options.ts";

const steps = "60";
/** One seed in which it shows is enough; in the first nothing is recalled that was seen, and no file is fetched, no disk lost. */
const seedFor: Partial<Record<Invariant, string>> = { I9: "3", I14: "3", I15: "5", I16: "3" };
/** Lies about what is done with messages need it to be done often, and nothing that keeps a member from hearing of it. */
const aboutActions: ReadonlySet<string> = new Set(["I9", "I10", "I11", "I12", "I13", "I14"]);
const talkAnd = "talk,actions,files";
/** With what a lie is told about what seldom happens. */
const actsFor: Partial<Record<Invariant, string>> = {
  I15: "talk,losses,faults",
  I16: "talk,groups,links,contacts,history,files",
};
const msMax = 120_000;

/** As a person runs it, in a process of its own: what a device without power leaves undone belongs to no test. */
async function sim(...args: readonly string[]): Promise<{ lines: readonly string[]; code: number }> {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, ...args], { stdout: "pipe" });
  const text = await new Response(child.stdout).text();
  return { lines: text.trim().split("\n"), code: await child.exited };
}

test(
  "[SIM2] one seed gives one trace",
  async () => {
    const first = await sim("--seed", "9", "--steps", steps);
    expect(first.lines[0]).toMatch(/^seed 9: trace [0-9a-f]{16}$/);
    expect(await sim("--seed", "9", "--steps", steps)).toEqual(first);
  },
  msMax,
);

test(
  "[SIM3] [SIM4] [SIM5] [SIM6] [SIM7] [SIM8] what devices, networks and servers suffer breaks no invariant",
  async () => {
    expect(await sim("--seeds", "1..4", "--steps", steps)).toEqual({ lines: ["4 seeds, 0 failures"], code: 0 });
  },
  msMax,
);

for (const broken of invariants) {
  test(
    `[SIM9] ${broken} broken on purpose is caught`,
    async () => {
      const acts = aboutActions.has(broken) ? talkAnd : actsFor[broken];
      const { lines, code } = await sim(
        "--seed",
        seedFor[broken] ?? "1",
        "--steps",
        steps,
        ...(acts === undefined ? [] : ["--acts", acts]),
        "--break",
        broken,
      );
      expect(lines.slice(0, -1).join("\n")).toMatch(
        new RegExp(`^seed \\d+ failed at step \\d+: .*\\b${broken}\\b`, "m"),
      );
      expect(code).toBe(1);
    },
    msMax,
  );
}

test(
  "[SIM5] [SIM6] lost disks and what newcomers are handed are played when asked for",
  async () => {
    expect(await sim("--seeds", "5..6", "--steps", steps, "--acts", "all")).toEqual({
      lines: ["2 seeds, 0 failures"],
      code: 0,
    });
  },
  msMax,
);

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
    ["--seed", "1", "--break", "I99"],
    ["--seed", "1", "--acts", "talk,nonsense"],
    ["--no"],
  ])
    expect(parseOptions(wrong)).toBeUndefined();
});
