/** Folding, words and snippets: what is found, and what is shown of it. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { loadFold } from "../../values/search/fold.ts";
import { termsOf } from "../../values/search/matching.ts";
import { snippetOf } from "../../values/search/snippet.ts";
import { wordsFor, wordsOf } from "./words.ts";

const fold = await loadFold();
const folded = (text: string) => fold(text).text;

test("[SE1] Traditional and Simplified, capitals, accents, width and variants are the same in a search", () => {
  expect(folded("臺灣的餃子")).toBe(folded("台湾的饺子"));
  expect(folded("Café ＡＢＣ１２")).toBe("cafe abc12");
  expect(folded("看著")).toBe(folded("看着"));
  // Everywhere the same, so that a part of a word is found in the word.
  expect(folded("乾隆")).toContain(folded("乾"));
  expect(folded("乾")).toBe(folded("幹"));
});

test("[SE1] what is no word is a space; emoji are words, whatever form they have", () => {
  expect(folded("吃饭，睡觉")).toBe("吃饭 睡觉");
  expect(folded("❤️")).toBe(folded("❤"));
  expect(termsOf(folded("  火锅！ 几点？ "))).toEqual(["火锅", "几点"]);
});

test("[SE1] every unit of a folded text knows where in the original it comes from", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const { text: made, places } = fold(text);
      expect(places.length).toBe(made.length + 1);
      expect(places.at(-1)).toBe(text.length);
      for (let at = 1; at < places.length; at++) expect(places[at]).toBeGreaterThanOrEqual(places[at - 1] as number);
    }),
  );
});

test("[SE2] the index knows every word that any part of a text asks for", () => {
  const unit = fc.constantFrom(...Array.from("你好世界饺子的了ab c，。1😀臺湾"));
  fc.assert(
    fc.property(
      fc.string({ unit, maxLength: 40 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 40 }),
      (text, from, length) => {
        const characters = Array.from(text);
        const query = characters.slice(from, from + length).join("");
        const words = wordsOf(folded(text));
        for (const word of wordsFor(termsOf(folded(query)))) expect(words).toContain(word);
      },
    ),
  );
});

test("[SE2] nothing that people say can pass for a word that narrows a search down", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(folded(`¶c00${text}`)).not.toContain("¶");
    }),
  );
});

test("[SE5] what was found stands near the beginning of the line, as it was written", () => {
  const text = `${"前面很长的话，".repeat(20)}今晚吃餃子吗？\n${"后面也很长。".repeat(40)}`;
  const snippet = snippetOf(text, fold(text), termsOf(folded("饺子")));
  expect(snippet.match).toBe("餃子");
  expect(snippet.before).toMatch(/^….{5,12}今晚吃$/);
  expect(snippet.after).toStartWith("吗？ 后面");
  expect(snippet.after).toEndWith("…");
});

test("[SE5] a match keeps whole characters", () => {
  const text = "é👨‍👩‍👧 café";
  const { before, match, after } = snippetOf(text, fold(text), ["cafe"]);
  expect([before, match, after]).toEqual(["é👨‍👩‍👧 ", "café", ""]);
});
