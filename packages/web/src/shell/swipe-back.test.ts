/** Which movements of a finger lead back. */
import { expect, test } from "bun:test";
import { isSwipeBack } from "./swipe-back.ts";

test("[WE20] a finger from the left edge leads back; one that scrolls, or begins further in, does not", () => {
  expect(isSwipeBack({ x: 4, y: 300 }, { x: 160, y: 320 })).toBe(true);
  expect(isSwipeBack({ x: 4, y: 300 }, { x: 50, y: 300 })).toBe(false); // Not far enough.
  expect(isSwipeBack({ x: 60, y: 300 }, { x: 260, y: 300 })).toBe(false); // A quote, or a photo.
  expect(isSwipeBack({ x: 4, y: 300 }, { x: 100, y: 500 })).toBe(false); // Scrolling.
  expect(isSwipeBack({ x: 20, y: 300 }, { x: 0, y: 300 })).toBe(false);
});
