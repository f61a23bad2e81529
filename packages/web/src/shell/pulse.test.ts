/** A worker that stands still over files that are gone is missed; one that is only busy is not. */
import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { everyMs, watchWorker } from "./pulse.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** So many looks, and the answers to them. */
async function pass(looks: number): Promise<void> {
  for (let left = looks * 10; left > 0; left--) {
    jest.advanceTimersByTime(everyMs / 10);
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }
}

function watch(world: { isGone: boolean; hears: boolean }) {
  const told = { times: 0 };
  watchWorker(
    {
      ping: () => (world.hears ? Promise.resolve() : new Promise(() => undefined)),
      isStoreGone: async () => world.isGone,
    },
    () => told.times++,
  );
  return told;
}

test("[ST41] a worker that does not hear, and whose files are gone, is missed once", async () => {
  const world = { isGone: false, hears: true };
  const told = watch(world);
  await pass(3);
  Object.assign(world, { isGone: true, hears: false });
  await pass(2);
  expect(told.times).toBe(1);
  await pass(5);
  expect(told.times).toBe(1);
});

test("[ST41] a worker that is busy for long is left alone, and so is one that hears: it looks itself", async () => {
  const world = { isGone: false, hears: true };
  const told = watch(world);
  await pass(2);
  world.hears = false;
  await pass(5);
  world.hears = true;
  await pass(2);
  world.isGone = true;
  await pass(5);
  expect(told.times).toBe(0);
});

test("[ST41] files that were never there are not missed", async () => {
  const told = watch({ isGone: true, hears: false });
  await pass(5);
  expect(told.times).toBe(0);
});
