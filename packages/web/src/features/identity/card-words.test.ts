import { expect, test } from "bun:test";
import { offered, taken, wordFor } from "./card-words.ts";

const all = ["abandon", "ability", "able", "about", "above", "act", "action", "actor", "zoo"];

test("[ID30] a few letters are completed; the whole word stands first", () => {
  expect(offered(all, " AB")).toEqual(["abandon", "ability", "able", "about"]);
  expect(offered(all, "act")).toEqual(["act", "action", "actor"]);
  expect(offered(all, "")).toEqual([]);
  expect(offered(all, "x")).toEqual([]);
});

test("[ID30] a word is taken as it stands, or by its first four letters; nothing else is", () => {
  expect(wordFor(all, "Act")).toBe("act");
  expect(wordFor(all, "acti")).toBe("action");
  expect(wordFor(all, "ab")).toBeUndefined();
  expect(wordFor(all, "abandonned")).toBeUndefined();
});

test("[ID30] what is pasted is taken with its numbers, up to the word that is none", () => {
  expect(taken(all, "1. Abandon\n2) zoo 3 abil")).toEqual({ words: ["abandon", "zoo", "ability"], wrong: undefined });
  expect(taken(all, "able dumpling about")).toEqual({ words: ["able"], wrong: "dumpling" });
});
