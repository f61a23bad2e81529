/** Long texts: cut into messages without losing or breaking anything. */
import { expect, test } from "bun:test";
import { bodyLimits } from "@yanshu/content";
import fc from "fast-check";
import { partUnitsMax, splitText } from "./split.ts";

test("[WE6] a part fits the format's text", () => {
  expect(partUnitsMax).toBeLessThanOrEqual(bodyLimits.textMax);
});

test("[WE6] parts put together are the text, and each fits", () => {
  const piece = fc.constantFrom("你", "好", "a", "\n", "👨‍👩‍👧‍👦", "𠮷", " ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), fc.integer({ min: 20, max: 60 }), (pieces, unitsMax) => {
      const text = pieces.join("");
      const parts = splitText(text, unitsMax);
      expect(parts.join("")).toBe(text);
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(unitsMax);
        expect(part.isWellFormed()).toBe(true);
      }
    }),
  );
});

test("[WE6] a family emoji is not torn apart", () => {
  const family = "👨‍👩‍👧‍👦";
  for (const part of splitText(family.repeat(30), 50)) expect(part.length % family.length).toBe(0);
});
