/** How fast a program shares, by how much it shares. */
import { expect, test } from "bun:test";
import { createPace, paceIn } from "./pace.ts";

/** A clock that a wait moves on, and what was waited for in all. */
function paced() {
  const clock = { nowMs: 1_000_000, waitedMs: 0 };
  const turn = createPace({
    nowMs: () => clock.nowMs,
    wait: async (ms) => {
      clock.nowMs += ms;
      clock.waitedMs += ms;
    },
  });
  return { clock, turn };
}
const wanted = () => true;
const [small, large] = ["{}", "大".repeat(120_000)];

test("[PR70] ten small updates go at once, and then one in a second", async () => {
  const { clock, turn } = paced();
  for (let at = 0; at < 10; at += 1) await turn(small, wanted);
  expect(clock.waitedMs).toBe(0);
  for (let at = 0; at < 5; at += 1) await turn(small, wanted);
  expect(clock.waitedMs).toBe(5_000);
});

test("[PR70] a large update takes as many turns as it has 16 KiB: the first goes at once, the next waits for them", async () => {
  const { clock, turn } = paced();
  await turn(large, wanted);
  expect(clock.waitedMs).toBe(0);
  const turns = Math.ceil((3 * 120_000) / 16_384);
  await turn(large, wanted);
  expect(clock.waitedMs).toBe((turns + 1 - 10) * 1_000);
  await turn(small, wanted);
  expect(clock.waitedMs).toBe((2 * turns + 1 - 10) * 1_000);
});

test("[PR70] of what waits a hundred turns are taken, and what is beyond fails at once", async () => {
  const { turn } = paced();
  const all = await Promise.allSettled(Array.from({ length: 30 }, () => turn(large, wanted)));
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(4);
  await turn(small, wanted);
});

test("[PR70] what is not wanted any more when its turn comes takes none, and fails", async () => {
  const { clock, turn } = paced();
  await turn(large, wanted);
  const before = clock.waitedMs;
  await expect(turn(large, () => false)).rejects.toThrow();
  const after = clock.waitedMs;
  await turn(small, wanted);
  expect([before, after - before, clock.waitedMs - after]).toEqual([0, 0, 13_000]);
});

test("[PR70] a program that is opened again goes on with the turns that it had", () => {
  const card = { author: "a1", id: "b2" };
  expect(paceIn("c3", card)).toBe(paceIn("c3", { ...card }));
  expect(paceIn("c3", card)).not.toBe(paceIn("c4", card));
  expect(paceIn("c3", card)).not.toBe(paceIn("c3", { ...card, id: "b3" }));
});
