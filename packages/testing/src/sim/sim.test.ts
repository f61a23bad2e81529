import { expect, test } from "bun:test";
import { type Breakable, breakable } from "./breaks.ts";
import { parseOptions } from "./options.ts";

const steps = "60";
/** One seed in which it shows is enough; in the first nothing is recalled that was seen, and no file is fetched, no disk lost. */
const seedFor: Partial<Record<Breakable, string>> = { I9: "3", I14: "3", I15: "5", I16: "3" };
/** Lies about what is done with messages need it to be done often, and nothing that keeps a member from hearing of it. */
const aboutActions: ReadonlySet<string> = new Set(["I9", "I10", "I11", "I12", "I13", "I14"]);
const talkAnd = "talk,actions,files";
/** With what a lie is told about what seldom happens. */
const actsFor: Partial<Record<Breakable, string>> = {
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

/** Lies of which several servers tell, and what each breaks. */
const severalFor: Partial<Record<Breakable, string>> = { I17: "I17", DS77: "I6" };

test(
  "[SIM2] [SIM13] three servers are one service, whatever befalls them, and one seed gives one trace",
  async () => {
    const short = ["--seed", "2", "--steps", "25"];
    const first = await sim(...short, "--servers", "3");
    expect(first.lines[0]).toMatch(/^seed 2: trace [0-9a-f]{16}$/);
    expect(first.lines[1]).toBe("1 seeds, 0 failures");
    expect(await sim(...short, "--servers", "3")).toEqual(first);
    expect(await sim(...short)).not.toEqual(first);
  },
  msMax,
);

for (const broken of breakable) {
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
        ...(severalFor[broken] === undefined ? [] : ["--servers", "3"]),
        "--break",
        broken,
      );
      expect(lines.slice(0, -1).join("\n")).toMatch(
        new RegExp(`^seed \\d+ failed at step \\d+: .*\\b${severalFor[broken] ?? broken}\\b`, "m"),
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
    servers: 1,
  });
  for (const wrong of [
    [],
    ["--seed"],
    ["--seed", "x"],
    ["--seeds", "9..3"],
    ["--seed", "1", "--break", "I99"],
    ["--seed", "1", "--acts", "talk,nonsense"],
    ["--seed", "1", "--servers", "0"],
    ["--no"],
  ])
    expect(parseOptions(wrong)).toBeUndefined();
});
