/** Whether hands are at work: told at the first sign, and once they rested. */
import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { watchWork } from "./at-work.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function watched() {
  const page = new EventTarget();
  const told: boolean[] = [];
  watchWork(page, (isAtWork) => told.push(isAtWork));
  const pass = (ms: number) => void jest.advanceTimersByTime(ms);
  return { told, pass, sign: (kind: string) => page.dispatchEvent(new Event(kind)) };
}

test("[WE2] a touch, a key or a scroll says once that hands are at work, and about a second of rest that they are not", () => {
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    const { told, pass, sign } = watched();
    sign(kind);
    sign(kind);
    expect(told).toEqual([true]);
    pass(900);
    expect(told).toEqual([true]);
    pass(700);
    expect(told).toEqual([true, false]);
    sign(kind);
    expect(told).toEqual([true, false, true]);
  }
});

test("[WE2] who goes on scrolling is at work all the time", () => {
  const { told, pass, sign } = watched();
  for (let times = 0; times < 200; times++) {
    sign("scroll");
    pass(50);
  }
  expect(told).toEqual([true]);
  pass(1_600);
  expect(told).toEqual([true, false]);
});
