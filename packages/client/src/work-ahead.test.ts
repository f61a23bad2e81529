/** The index grows in steps, and not while hands are at work. */
import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import type { Ports } from "./ports.ts";
import { startWorkAhead } from "./work-ahead.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const after: Ports["after"] = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** Lets time pass, and what was promised in it come true. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    jest.advanceTimersByTime(10);
    await Promise.resolve();
    await Promise.resolve();
  }
}

test("[SE10] the index grows by itself once the start is over, step by step", async () => {
  let steps = 0;
  const stop = startWorkAhead(
    after,
    async () => ++steps < 5,
    () => false,
  );
  await pass(3_500);
  expect(steps).toBe(0);
  await pass(1_500);
  expect(steps).toBe(5);
  await pass(2_000); // It was told that nothing is left, and looks again later.
  expect(steps).toBe(5);
  await pass(2_000);
  expect(steps).toBe(6);
  stop();
  await pass(60_000);
  expect(steps).toBe(6);
});

test("[SE10] while hands are at work no step is made; when they rest it goes on", async () => {
  let steps = 0;
  let isAtWork = true;
  const stop = startWorkAhead(
    after,
    async () => {
      steps++;
      return true;
    },
    () => isAtWork,
  );
  await pass(30_000);
  expect(steps).toBe(0);
  isAtWork = false;
  await pass(1_000);
  const before = steps;
  expect(before).toBeGreaterThan(10);
  isAtWork = true;
  await pass(10_000);
  expect(steps - before).toBeLessThanOrEqual(1);
  stop();
});

test("[SE10] a step that fails is tried again, much later", async () => {
  let steps = 0;
  const stop = startWorkAhead(
    after,
    async () => {
      steps++;
      throw new Error("no dictionary");
    },
    () => false,
  );
  await pass(20_000);
  expect(steps).toBe(1);
  await pass(20_000);
  expect(steps).toBe(2);
  stop();
});
