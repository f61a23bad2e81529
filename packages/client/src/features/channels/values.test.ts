import { expect, test } from "bun:test";
import { hashtagsIn, tagKey } from "./values.ts";

test("[CH43] hashtags are found in any script, closed by a sign of their own or by what is no word", () => {
  expect(hashtagsIn("番茄红了 #种菜# #春节 大家好")).toEqual(["种菜", "春节"]);
  expect(hashtagsIn("#春节#饺子#家常菜#好吃")).toEqual(["春节", "家常菜"]);
  expect(hashtagsIn("#Garden, #garden #日本語・ラーメン。#café")).toEqual(["garden", "日本語・ラーメン", "café"]);
  expect(hashtagsIn(`# nothing ## #${"长".repeat(41)}`)).toEqual([]);
  expect(tagKey("ＣＡＦÉ")).toBe(tagKey("café"));
});
