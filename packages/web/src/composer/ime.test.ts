/** The IME guard in both orders of events that browsers have. */
import { expect, test } from "bun:test";
import { createImeGuard } from "./ime.ts";

const enter = (timeStamp: number, over = {}) => ({ isComposing: false, keyCode: 13, timeStamp, ...over });

test("[WE8] Enter that picks a candidate sends nothing: Chromium's order, keydown first", () => {
  const guard = createImeGuard();
  guard.started();
  expect(guard.owns(enter(100, { isComposing: true, keyCode: 229 }))).toBe(true);
  guard.ended(101);
  expect(guard.owns(enter(400))).toBe(false); // The next Enter is the person's own.
});

test("[WE8] Enter that picks a candidate sends nothing: WebKit's order, compositionend first", () => {
  const guard = createImeGuard();
  guard.started();
  guard.ended(100);
  expect(guard.owns(enter(104))).toBe(true);
  expect(guard.owns(enter(400))).toBe(false);
});

test("[WE8] a keyCode of 229 alone tells that an IME has the key", () => {
  expect(createImeGuard().owns(enter(0, { keyCode: 229 }))).toBe(true);
});

test("[WE8] without an IME every Enter is the person's", () => {
  const guard = createImeGuard();
  expect(guard.owns(enter(0))).toBe(false);
  expect(guard.isComposing()).toBe(false);
});
