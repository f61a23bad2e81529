import { expect, test } from "bun:test";
import { linkWord, linkWordCount } from "./words.ts";

test("[ID14] the 64 words are all different, in each language, and stand in the order that devices agree on", () => {
  expect(linkWordCount).toBe(64);
  for (const locale of ["en", "zh-Hans"]) {
    const words = Array.from({ length: linkWordCount }, (_, i) => linkWord(i, locale));
    expect(new Set(words).size).toBe(64);
  }
  expect([0, 1, 2, 3, 63].map((i) => linkWord(i, "zh-Hant")).join("")).toBe("松月茶舟蛙");
  expect([0, 1, 2, 3, 63].map((i) => linkWord(i, "en"))).toEqual(["pine", "moon", "tea", "boat", "frog"]);
  expect(() => linkWord(64, "en")).toThrow(RangeError);
  expect(() => linkWord(-1, "en")).toThrow(RangeError);
});
