/** When the desk tries again. */
import { expect, test } from "bun:test";
import { addMomentWay, migrate, migrations } from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import type { FeatureContext } from "../../feature.ts";
import { deskOf } from "./desk.ts";

test("[MO87] what fails after a clock was put back by days is tried again as soon as ever", async () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  addMomentWay(db, {
    way: new Uint8Array(32),
    account: new Uint8Array(32).fill(1) as never,
    generation: 1,
    next: 0,
    since_ms: 1 as never,
  });
  let nowMs = 1_800_000_000_000 + 3 * 86_400_000;
  let tries: (() => void)[] = [];
  const context = {
    db,
    isHome: () => true,
    nowMs: () => nowMs,
    chance: () => 0.5,
    after: (ms: number, run: () => void) => {
      if (ms < 60_000) tries.push(run);
    },
    server: { isReady: () => false, ready: async () => false, areTokensSpent: () => false },
    changed: () => undefined,
    failed: (error: unknown) => {
      throw error;
    },
  } as unknown as FeatureContext;
  const desk = deskOf(context);
  await desk.look();
  await desk.look(); // One try is planned at a time.
  expect(tries.length).toBe(1);
  const [again] = tries;
  tries = [];
  nowMs -= 3 * 86_400_000;
  again?.();
  await desk.look();
  expect(tries.length).toBe(1);
  db.close();
});
