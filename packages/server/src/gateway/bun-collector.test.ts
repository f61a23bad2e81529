/** When a collection is asked for, by a heap that grows as the test says. */
import { expect, test } from "bun:test";
import { Collector } from "./bun-collector.ts";

const mebi = 1024 ** 2;

/**
 * A heap that needs so much and grows by as much a look; answers the most that it had, and how often it was collected.
 */
function grown(neededMebi: number, growsMebi: number, looks = 200) {
  let [bytes, most, collections] = [neededMebi * mebi, 0, 0];
  const collector = new Collector(
    () => bytes,
    () => {
      bytes = neededMebi * mebi;
      collections++;
    },
  );
  for (let look = 0; look < looks; look++) {
    bytes += growsMebi * mebi;
    most = Math.max(most, bytes / mebi);
    collector.look();
  }
  return { most, collections };
}

test("[DS171] a small heap that a flood lets grow is collected before it is twice what is needed", () => {
  const { most, collections } = grown(40, 4);
  expect(most).toBeLessThanOrEqual(40 + 16 + 4 * 5);
  expect(collections).toBeGreaterThan(10);
});

test("[DS171] a heap that is small, that needs all it has, or that needs much is left to the engine", () => {
  expect(grown(10, 0.1).collections).toBe(0);
  // It is looked at once when it is first met.
  expect(grown(60, 0).collections).toBeLessThanOrEqual(1);
  expect(grown(300, 1).collections).toBeLessThanOrEqual(1);
});
