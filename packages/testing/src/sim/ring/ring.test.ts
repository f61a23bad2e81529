import { expect, test } from "bun:test";
import { ringStep } from "@yanshu/client/ring";
import { broken } from "./broken.ts";
import { firstCaught, playRings } from "./play.ts";
import { Street } from "./street.ts";

const seeds = Number(process.env["RING_SEEDS"] ?? 600);

test("[CA36] whatever two or three people do, with devices that sleep and networks that lag, every call ends everywhere and once", () => {
  const { failures, talks, ends } = playRings(1, seeds, ringStep);
  expect(failures).toEqual([]);
  // The seeds are worth something only if all of it happens in them.
  expect(talks).toBeGreaterThan(seeds / 10);
  expect([...ends].toSorted()).toEqual(["busy", "cancelled", "declined", "ended", "failed", "missed"]);
});

for (const [what, step] of Object.entries(broken))
  test(`[CA36] the seeds notice when ${what}`, () => {
    expect(firstCaught(1, seeds, step)).toBeGreaterThan(0);
  });

test("[CA36] each thing that the seeds look for is seen to fail where a rule is broken", () => {
  const seen = {
    "of one person talk in one call": "each device that accepts is taken",
    "for ever": "time does not pass",
    "records of a call": "nobody writes the record",
    "and the lower one was given up": "both yield when calls cross",
    "without a tap": "somebody else's call is taken for one that crosses",
    "does not ring": "a call that crosses is not looked at",
    unheard: "somebody else's call is taken for one that crosses",
    "forgot who waited": "who waits is forgotten when another calls",
    "does not know that it was declined": "who declined is not heard",
    "call each other": "a call that crosses is not looked at",
    "answered, and": "accepting is not said",
    "after it was over": "a device does not hear that another answered",
    "is in a call that ended": "who hangs up talks on",
    "rings without end": "time does not pass",
  };
  for (const [what, rule] of Object.entries(seen)) {
    const step = broken[rule] as (typeof broken)[string];
    const shows = (seed: number) => new Street(seed, step).run()?.includes(what) === true;
    expect([what, Array.from({ length: seeds }, (_, n) => n + 1).some(shows)]).toEqual([what, true]);
  }
}, 20_000);

test("[CA128] the command plays a range in two processes, breaks each rule once, and ends with what failed", async () => {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const run = Bun.spawn([process.execPath, main, "--ring", "--seeds", "1..300"], { stdout: "pipe" });
  const lines = (await new Response(run.stdout).text()).trimEnd().split("\n");
  expect(await run.exited).toBe(0);
  expect(lines.at(-1)).toBe("300 seeds, 0 failures");
  expect(lines.filter((line) => line.includes(" notices when "))).toHaveLength(Object.keys(broken).length);
}, 60_000);
