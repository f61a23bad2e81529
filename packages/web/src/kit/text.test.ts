/** Text as it is shown. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { isLoneEmoji, languageOf, piecesOf } from "./text.ts";

test("[WE5] a link ends where the sentence goes on, in Chinese too", () => {
  expect(piecesOf("看https://yan.example/菜单。好吗").map(({ kind, text }) => [kind, text])).toEqual([
    ["words", "看"],
    ["link", "https://yan.example/菜单"],
    ["words", "。好吗"],
  ]);
  expect(piecesOf("See https://yan.example/a, then.")[1]).toEqual({ kind: "link", text: "https://yan.example/a" });
});

test("[WE5] a link ends where the direction of writing is turned round", () => {
  expect(piecesOf("https://evil.example/\u202emoc.knab//:sptth")[0]).toEqual({
    kind: "link",
    text: "https://evil.example/",
  });
});

test("[WE5] nothing but http becomes a link", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "ftp://x/y"]) {
    expect(piecesOf(text)).toEqual([{ kind: "words", text }]);
  }
});

test("[WE5] pieces put together are the text", () => {
  const part = fc.constantFrom("http://a", "https://b.c/d?e=1", " ", ".", "，", "你好", "x");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join("");
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }),
  );
});

test("[WE5] one to three emoji alone are shown large", () => {
  expect(isLoneEmoji("🥟")).toBe(true);
  expect(isLoneEmoji(" 👨‍👩‍👧‍👦🎂❤️ ")).toBe(true);
  expect(isLoneEmoji("🥟🥟🥟🥟")).toBe(false);
  expect(isLoneEmoji("好🥟")).toBe(false);
  expect(isLoneEmoji("12")).toBe(false); // Digits are emoji to Unicode, not to people.
  expect(isLoneEmoji("")).toBe(false);
});

test("[WE7] each message carries its language; Han takes the reader's script", () => {
  expect(languageOf("骨頭", "zh-Hant")).toBe("zh-Hant");
  expect(languageOf("骨头", "en")).toBe("zh");
  expect(languageOf("Boba run?", "zh-Hans")).toBe("en");
  expect(languageOf("お茶", "zh-Hans")).toBe("ja");
  expect(languageOf("123", "en")).toBe("en");
});

test("[AC14] telephone numbers are found, and figures that are none are left alone", () => {
  const phones = (text: string) => piecesOf(text).flatMap((piece) => (piece.kind === "phone" ? [piece.text] : []));
  expect(phones("打 13812345678，或 +1 415 555 2671；家里 010-62345678。")).toEqual([
    "13812345678",
    "+1 415 555 2671",
    "010-62345678",
  ]);
  expect(phones("Call (415) 555-2671 or 138 1234 5678")).toEqual(["(415) 555-2671", "138 1234 5678"]);
  expect(phones("卡号 6222021234567890123，2026-11-24，3.1415926535，订单 20261124001")).toEqual([]);
});

test("[AC7] [AC14] a text is cut into pieces and loses nothing, whatever is named in it", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.array(fc.record({ at: fc.nat(40), length: fc.nat(10), isMe: fc.boolean() })),
      (text, mentions) => {
        expect(
          piecesOf(text, mentions)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      },
    ),
  );
  expect(piecesOf("@妈妈 看 https://yan.test", [{ at: 0, length: 3, isMe: true }])).toEqual([
    { kind: "mention", text: "@妈妈", isMe: true },
    { kind: "words", text: " 看 " },
    { kind: "link", text: "https://yan.test" },
  ]);
});
