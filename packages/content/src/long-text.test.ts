import { expect, test } from "bun:test";
import { isLongText, longTextName } from "./long-text.ts";

test("[AC14] [WE6] a text is too long by its bytes, as it travels, not by its characters", () => {
  expect(isLongText("a".repeat(16_384))).toBe(false);
  expect(isLongText("a".repeat(16_385))).toBe(true);
  expect(isLongText("信".repeat(5_461))).toBe(false);
  expect(isLongText("信".repeat(5_462))).toBe(true);
});

test("[AC14] the file is named by how the text begins, without what no folder takes", () => {
  expect(longTextName("\n  会议记录：2026/11/25\n第二行")).toBe("会议记录：2026 11 25.txt");
  expect(longTextName(`${"长".repeat(40)}\n`)).toBe(`${"长".repeat(20)}.txt`);
  expect(longTextName(" \n ")).toBe("text.txt");
});
