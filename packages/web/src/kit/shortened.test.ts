/** Words that are cut say so. */
import { expect, test } from "bun:test";
import { shortened } from "./shortened.ts";

test("[WE66] an announcement that is cut ends with “…”, and one that fits does not", () => {
  expect(shortened("周日十点，老地方。\n带上外婆的药。", 24)).toBe("周日十点，老地方。 带上外婆的药。");
  expect(shortened("周日十点，老地方见，带上外婆的药，还有上次借的两个大锅。", 24)).toBe(
    "周日十点，老地方见，带上外婆的药，还有上次借的…",
  );
  expect(Array.from(shortened("长".repeat(25), 24))).toHaveLength(24);
  expect(shortened("长".repeat(24), 24)).toBe("长".repeat(24));
});

test("[WE66] no character is cut in two, and no space stands before the “…”", () => {
  expect(shortened("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 2)).toBe("👨‍👩‍👧‍👦…");
  expect(shortened("Sunday at ten", 8)).toBe("Sunday…");
});
