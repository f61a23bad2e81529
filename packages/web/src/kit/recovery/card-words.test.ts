import { expect, test } from "bun:test";
import type { CardWordLists } from "@yanshu/client";
import { isWhole, offered, scriptOf, taken, wordFor } from "./card-words.ts";

const all: CardWordLists = {
  en: ["abandon", "ability", "able", "about", "above", "act", "action", "actor", "wise", "zoo"],
  "zh-Hans": ["的", "一", "是", "在", "这", "为", "围", "位", "未", "末"],
  "zh-Hant": ["的", "一", "是", "在", "這", "為", "圍", "位", "未", "末"],
  sounds: { wei: [5, 6, 7, 8], mo: [9] },
};

test("[ID30] a few letters are completed; the whole word stands first", () => {
  expect(offered(all, " AB", "en")).toEqual(["abandon", "ability", "able", "about"]);
  expect(offered(all, "act", "en")).toEqual(["act", "action", "actor"]);
  expect(offered(all, "", "en")).toEqual([]);
  expect(offered(all, "x", "en")).toEqual([]);
});

test("[ID61] a keyboard without Chinese finds its words by their sound, in the reader's script", () => {
  expect(offered(all, "wei", "zh-Hans")).toEqual(["为", "围", "位", "未"]);
  expect(offered(all, "wei", "zh-Hant")).toEqual(["為", "圍", "位", "未"]);
  expect(offered(all, "wei", "en")).toEqual([]);
});

test("[ID30] [ID61] a word is taken as it stands, or by its first four letters; nothing else is", () => {
  expect(wordFor(all, "Act")).toBe("act");
  expect(wordFor(all, "acti")).toBe("action");
  expect(wordFor(all, "這")).toBe("這");
  expect(wordFor(all, "这")).toBe("这");
  expect(wordFor(all, "ab")).toBeUndefined();
  expect(wordFor(all, "abandonned")).toBeUndefined();
  expect(wordFor(all, "餃")).toBeUndefined();
});

test("[ID30] [ID61] what is pasted is taken with its numbers, up to the word that is none", () => {
  expect(taken(all, "1. Abandon\n2) zoo 3 abil")).toEqual({ words: ["abandon", "zoo", "ability"], wrong: undefined });
  expect(taken(all, "able dumpling about")).toEqual({ words: ["able"], wrong: "dumpling" });
  expect(taken(all, "1的2一3這4 zoo，未")).toEqual({ words: ["的", "一", "這", "zoo", "未"], wrong: undefined });
  expect(taken(all, "的一餃子")).toEqual({ words: ["的", "一"], wrong: "餃" });
});

test("[ID61] a character is a word at once, letters may go on", () => {
  expect(["act", "act ", "的", "", "a"].map(isWhole)).toEqual([false, true, true, false, false]);
  expect(["act", "的", "為", "为"].map((word) => scriptOf(all, word))).toEqual(["en", "zh-Hans", "zh-Hant", "zh-Hans"]);
});
