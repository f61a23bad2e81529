import { expect, test } from "bun:test";
import { openBunDatabase } from "@yanshu/store/bun";
import type { FeatureContext } from "../../feature.ts";
import { FarLook } from "./far.ts";

test("[MO78] a home that gives one result and then none is left alone for longer each time; a whole look in which it fails at nothing ends that", async () => {
  let nowMs = 1_000_000;
  let results = 1;
  const context = {
    db: openBunDatabase(":memory:"),
    nowMs: () => nowMs,
    after: () => () => undefined,
    server: {
      openAt: async () => ({ call: async () => (results-- > 0 ? { found: new Uint8Array() } : undefined), close() {} }),
    },
  } as unknown as FeatureContext;
  const far = new FarLook(context);
  const look = async (given: number, calls = 2) => {
    results = given;
    far.begin(false);
    const isAsked = far.isAsked("far.test");
    for (let call = 0; call < calls; call++) await far.call("far.test", "lookHoles", { starts: new Uint8Array() });
    far.end();
    return isAsked;
  };
  const after = (minutes: number, given: number) => {
    nowMs += minutes * 60_000;
    return look(given);
  };
  expect(await look(1)).toBe(true);
  expect([await after(1, 1), await after(1, 1)]).toEqual([false, true]);
  // Four minutes now, for the one result counts for nothing.
  expect([await after(2, 1), await after(2, 1)]).toEqual([false, true]);
  expect([await after(4, 1), await after(4, 2)]).toEqual([false, true]);
  expect([far.away, await after(1, 2)]).toEqual([[], true]);
});
