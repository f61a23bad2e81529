import { expect, test } from "bun:test";
import { loadFold } from "@yanshu/client";
import { isForeign, writtenIn } from "./written.ts";

const fold = await loadFold();

test("[WE25] Han or Latin, and which Han, is told from the characters", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["早上包了饺子", "zh-Hans"],
    ["早上包了餃子", "zh-Hant"],
    ["妳吃飯了嗎", "zh-Hant"],
    ["好", "zh-Hans"],
    ["我和 Kevin 回来吃饺子", "zh-Hans"],
    ["See you at 外婆's on Saturday", "en"],
    ["乾隆皇帝的时候这里就有这座桥了", "zh-Hans"],
    ["Come home", "en"],
    ["𠮷野家", "zh-Hans"],
    ["ごはん食べた？", undefined],
    ["밥 먹었어?", undefined],
    ["Привет, как дела", undefined],
    ["😀 ……", undefined],
    ["", undefined],
  ];
  for (const [words, language] of cases) expect([words, writtenIn(words, fold)]).toEqual([words, language]);
});

test("[WE25] the other script is not another language", () => {
  expect(isForeign("zh-Hant", "zh-Hans")).toBe(false);
  expect(isForeign("en", "zh-Hant")).toBe(true);
  expect(isForeign("zh-Hans", "en")).toBe(true);
});
