import { expect, test } from "bun:test";
import { ringStep } from "@yanshu/client/ring";
import { broken } from "./broken.ts";
import { firstCaught, playRings } from "./play.ts";

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

test("[CA128] the command plays a range in two processes, breaks each rule once, and ends with what failed", async () => {
  const main = new URL("../main.ts", import.meta.url).pathname;
  const run = Bun.spawn([process.execPath, main, "--ring", "--seeds", "1..300"], { stdout: "pipe" });
  const lines = (await new Response(run.stdout).text()).trimEnd().split("\n");
  expect(await run.exited).toBe(0);
  expect(lines.at(-1)).toBe("300 seeds, 0 failures");
  expect(lines.filter((line) => line.includes(" notices when "))).toHaveLength(Object.keys(broken).length);
}, 60_000);
