import { expect, test } from "bun:test";
import { oneAtATime } from "./busy.ts";

test("[WE340] a second tap begins nothing, and work that fails leaves a screen that is ready again", async () => {
  const told: boolean[] = [];
  const run = oneAtATime((isBusy) => told.push(isBusy));
  const sent: string[] = [];
  const ends = Promise.withResolvers<void>();
  const first = run(async () => {
    sent.push("first");
    await ends.promise;
  });
  await run(async () => sent.push("second"));
  expect(sent).toEqual(["first"]);
  expect(told).toEqual([true]);
  ends.resolve();
  await first;
  expect(told).toEqual([true, false]);
  await expect(run(() => Promise.reject(new Error("the picture is gone")))).rejects.toThrow("the picture is gone");
  await run(async () => sent.push("third"));
  expect(sent).toEqual(["first", "third"]);
  expect(told.at(-1)).toBe(false);
});
