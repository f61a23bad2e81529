import { expect, test } from "bun:test";
import { hashtagsIn, tagKey, topsOf } from "./values.ts";

test("[CH43] hashtags are found in any script, closed by a sign of their own or by what is no word", () => {
  expect(hashtagsIn("番茄红了 #种菜# #春节 大家好")).toEqual(["种菜", "春节"]);
  expect(hashtagsIn("#春节#饺子#家常菜#好吃")).toEqual(["春节", "家常菜"]);
  expect(hashtagsIn("#Garden, #garden #日本語・ラーメン。#café")).toEqual(["garden", "日本語・ラーメン", "café"]);
  expect(hashtagsIn(`# nothing ## #${"长".repeat(41)}`)).toEqual([]);
  expect(tagKey("ＣＡＦÉ")).toBe(tagKey("café"));
});

test("[CH57] an answer stands below the comment at the top of its chain, and a long chain is walked once", () => {
  const length = 5_000;
  let read = 0;
  const chain = Array.from({ length }, (_, at) => ({
    hash: `${at}`,
    get to() {
      read++;
      return at === 0 ? "elsewhere" : `${at - 1}`;
    },
  }));
  // The latest come first: none of them finds its top ready.
  const tops = topsOf(chain.toReversed());
  expect([...tops.values()].every((top) => top === "0")).toBe(true);
  expect([tops.size, read]).toEqual([length, length]);
  expect([
    ...topsOf([
      { hash: "a", to: "b" },
      { hash: "b", to: "a" },
      { hash: "c", to: "b" },
    ]).keys(),
  ]).toHaveLength(3);
});
