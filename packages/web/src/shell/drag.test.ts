/** What a finger that moves is taken for. */
import { expect, test } from "bun:test";
import { banded, directionOf } from "./drag.ts";

test("[WE27] [WE28] a finger draws a thing aside only where it goes clearly across, and scrolls where it goes down", () => {
  expect(directionOf({ x: 5, y: -3 })).toBeUndefined(); // A tap that trembles.
  expect(directionOf({ x: -20, y: 4 })).toBe("x");
  expect(directionOf({ x: 4, y: 20 })).toBe("y");
  expect(directionOf({ x: 20, y: 18 })).toBe("neither");
});

test("[WE27] what is drawn further than it goes follows more slowly, and comes back to where it was", () => {
  expect(banded(60, 90)).toBe(60);
  expect(banded(120, 90)).toBe(100);
});
