/** When a collection is asked for, by a heap that grows as the test says. */
import { expect, test } from "bun:test";
import { Collector } from "./bun-collector.ts";

const mebi = 1024 ** 2;

/**
 * A heap that needs so much and grows by as much a look, in which the process works so long; answers the most that it
 * had, and how often it was collected and measured.
 */
function grown(neededMebi: number, growsMebi: number, worksMs = 100) {
  let [bytes, most, collections, measures, workedMs] = [neededMebi * mebi, 0, 0, 0, 0];
  const collector = new Collector({
    heapBytes: () => {
      measures++;
      return bytes;
    },
    workedMs: () => workedMs,
    collect: () => {
      bytes = neededMebi * mebi;
      collections++;
    },
  });
  for (let look = 0; look < 200; look++) {
    bytes += growsMebi * mebi;
    workedMs += worksMs;
    most = Math.max(most, bytes / mebi);
    collector.look();
  }
  return { most, collections, measures };
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

test("[DS171] a heap is measured once the process worked a while, and every two seconds where it does not work", () => {
  expect(grown(20, 0, 100).measures).toBe(200);
  expect(grown(20, 0, 8).measures).toBe(20);
  expect(grown(20, 0, 0.5).measures).toBe(10);
});

test("[DS171] what a flood left is collected also where nothing comes after it", () => {
  const { most, collections } = grown(20, 4, 0);
  expect(most).toBeLessThanOrEqual(20 + 4 * 40);
  expect(collections).toBeGreaterThan(1);
});
