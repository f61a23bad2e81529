import { expect, test } from "bun:test";
import { InOrder } from "./in-order.ts";

test("works are done one after the other, at most so many wait, and what one throws stops none", async () => {
  const told: unknown[] = [];
  const order = new InOrder((error) => told.push(error), 3);
  const done: number[] = [];
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const work = (n: number) => async () => {
    await gate;
    done.push(n);
    if (n === 2) throw new Error("two");
  };
  expect([1, 2, 3, 4].map((n) => order.add(work(n)))).toEqual([true, true, true, false]);
  letGo();
  await order.done();
  expect(done).toEqual([1, 2, 3]);
  expect(told.map(String)).toEqual(["Error: two"]);
  expect(order.add(work(5))).toBe(true);
  await order.done();
  expect(done).toEqual([1, 2, 3, 5]);
});
