/** Live: who looks at a view is told of each change, whatever becomes of other views. */
import { expect, test } from "bun:test";
import type { Ports } from "../ports.ts";
import { createLive } from "./live.ts";

test("[SY56] a view that cannot be read, and a screen that fails over one, keep no other from being told", () => {
  const due: (() => void)[] = [];
  const failures: unknown[] = [];
  let times = 0;
  const read = (name: string) => {
    if (name === "poisoned") throw new Error("cannot be read");
    return times;
  };
  const ports = { after: (_: number, run: () => void) => due.push(run) } as unknown as Ports;
  const live = createLive(
    ports,
    read,
    () => ["chats"],
    (error) => failures.push(error),
  );
  const told: unknown[] = [];
  const stop = live.subscribe("poisoned", [], () => undefined);
  live.subscribe("good", [], () => {
    throw new Error("the screen fails");
  });
  live.subscribe("good", [], (value) => told.push(value));
  expect(failures).toHaveLength(2);
  times++;
  live.changed("chats");
  due.shift()?.();
  expect(told).toEqual([0, 1]);
  expect(failures).toHaveLength(4);
  stop();
  times++;
  live.changed("chats");
  due.shift()?.();
  expect(told).toEqual([0, 1, 2]);
  expect(failures).toHaveLength(5);
});

test("[MO95] what ends by time alone is read again when it ends, and not a second time where it stays", () => {
  let now = 1_000;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const after = (ms: number, run: () => void) => {
    const timer = { atMs: now + ms, run };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  };
  const sleep = (ms: number) => {
    now += ms;
  };
  const run = (ms: number) => {
    for (const end = now + ms; ; ) {
      const [next] = timers.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > end) {
        now = end;
        return;
      }
      now = Math.max(now, next.atMs);
      timers = timers.filter((one) => one !== next);
      next.run();
    }
  };
  let reads = 0;
  const stuck: number[] = [];
  const read = () => {
    reads++;
    return [...[10_000, 500_000].filter((one) => one > now), ...stuck];
  };
  const live = createLive(
    { after, nowMs: () => now } as unknown as Ports,
    read,
    () => ["statuses"],
    (error) => {
      throw error;
    },
    (_, value) => Math.min(...(value as number[])),
  );
  const told: unknown[] = [];
  const stop = live.subscribe("statuses", [], (value) => told.push(value));
  run(8_000);
  expect(told).toEqual([[10_000, 500_000]]);
  run(2_000);
  expect(told).toEqual([[10_000, 500_000], [500_000]]);
  // The device sleeps, and no timer runs on meanwhile.
  sleep(600_000);
  timers = timers.map(({ atMs, run: then }) => ({ atMs: atMs + 600_000, run: then }));
  run(60_000);
  expect(told).toEqual([[10_000, 500_000], [500_000], []]);
  expect([reads, timers]).toEqual([3, []]);
  // What says that it ended, and is there all the same, is not read without end.
  stuck.push(now + 5);
  live.changed("statuses");
  run(8);
  const before = reads;
  run(600_000);
  expect([reads, timers]).toEqual([before, []]);
  stop();
});

test("[MO97] what is frozen is compared by which it is, and never looked into", () => {
  const due: (() => void)[] = [];
  let looks = 0;
  const post = (text: string) =>
    Object.freeze({
      get text() {
        looks++;
        return text;
      },
    });
  const [one, two] = [post("one"), post("two")];
  let shown: readonly unknown[] = [one, two];
  const live = createLive(
    { after: (_: number, run: () => void) => due.push(run) } as unknown as Ports,
    () => ({ posts: shown, count: 2 }),
    () => ["moments"],
    (error) => {
      throw error;
    },
  );
  const told: unknown[] = [];
  live.subscribe("feed", [], (value) => told.push(value));
  const again = (next: readonly unknown[]) => {
    shown = next;
    live.changed("moments");
    due.shift()?.();
    return told.length;
  };
  expect([again([one, two]), again([two, one]), again([two, post("one")])]).toEqual([1, 2, 3]);
  expect(looks).toBe(0);
});
