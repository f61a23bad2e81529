/** How the process of media ends: what counts as hanging, and what the operator reads. */
import { expect, test } from "bun:test";
import { hangs, toldEnd, turnsOf } from "./media-ends.ts";

test("[CA134] [CA238] a process that says nothing for eight looks hangs, but one that waits for its turn on a busy machine", () => {
  const stuck = () => ({ isWaiting: false, ranMs: 500 });
  const starved = () => ({ isWaiting: true, ranMs: 1_500 });
  const endless = () => ({ isWaiting: true, ranMs: 9_000 });
  expect(hangs(8, true, stuck, 0)).toBe(false);
  expect(hangs(9, true, stuck, 0)).toBe(true);
  expect(hangs(9, true, () => undefined, 0)).toBe(true);
  expect(hangs(9, true, starved, 0)).toBe(false);
  expect(hangs(30, true, starved, 0)).toBe(false);
  expect(hangs(31, true, starved, 0)).toBe(true);
  expect(hangs(9, true, endless, 0)).toBe(true);
  expect(hangs(9, true, endless, 8_000)).toBe(false);
  // One that begins is given half a minute.
  expect(hangs(30, false, stuck, 0)).toBe(false);
  expect(hangs(31, false, stuck, 0)).toBe(true);
});

test("[CA238] the operator reads how it ended", () => {
  const end = { code: null, signal: null, wasSilent: false };
  expect(toldEnd({ ...end, signal: "SIGKILL", wasSilent: true })).toContain("(it hung and was ended)");
  expect(toldEnd({ ...end, signal: "SIGKILL" })).toContain("(by SIGKILL, as where memory runs out)");
  expect(toldEnd({ ...end, signal: "SIGABRT" })).toContain("(by SIGABRT)");
  expect(toldEnd({ ...end, code: 1 })).toContain("(with code 1)");
  expect(toldEnd(end)).toContain("(with code unknown)");
});

test("[CA238] the system says what a process ran, and whether it waits for its turn", () => {
  const before = turnsOf(process.pid);
  for (let n = 0; (turnsOf(process.pid)?.ranMs ?? 0) < (before?.ranMs ?? 0) + 50; n++) expect(n).toBeLessThan(1e6);
  // The thread that asks is running.
  expect(turnsOf(process.pid)?.isWaiting).toBe(true);
  expect(turnsOf(2 ** 30)).toBeUndefined();
});
