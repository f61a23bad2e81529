/** How high the app is while a keyboard is on the glass. */
import { expect, test } from "bun:test";
import { heightBeside } from "./keyboard.ts";

test("[WE19] a keyboard takes its share, a bar of the browser and zooming take none", () => {
  expect(heightBeside(844, 508, 1)).toBe(508);
  expect(heightBeside(844, 844, 1)).toBeUndefined();
  expect(heightBeside(844, 790, 1)).toBeUndefined();
  expect(heightBeside(844, 422, 2)).toBeUndefined();
});
