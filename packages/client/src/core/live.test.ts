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
