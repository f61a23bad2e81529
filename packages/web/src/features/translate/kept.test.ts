import { expect, test } from "bun:test";
import fc from "fast-check";
import { partsOf, translateParts } from "./kept.ts";

const names = ["妈妈", "Kevin", "Mary-Jane", "尉迟", "Al", "山"];
const kept = (text: string, mentions: Parameters<typeof partsOf>[1] = []) =>
  partsOf(text, mentions, names)
    .filter(({ isKept }) => isKept)
    .map((part) => part.text);

test("[WE25] links, numbers, amounts, names and who is called are kept; one character is no name", () => {
  expect(kept("周六下午3:30，妈妈和 Kevin 带 ¥1,200.50 去山里")).toEqual(["3:30", "妈妈", "Kevin", "¥1,200.50"]);
  expect(kept("还有3万，打八五折是20%，2026-11-25 前给我")).toEqual(["3万", "20%", "2026-11-25"]);
  expect(kept("Call 13800138000 or see https://x.org/a?b=2, then a@b.org")).toEqual([
    "13800138000",
    "https://x.org/a?b=2",
    "a@b.org",
  ]);
  expect(kept("Also Alpine, but Al. Kevins")).toEqual(["Al"]);
  expect(kept("@大家 吃饭", [{ at: 0, length: 3, isMe: true }])).toEqual(["@大家"]);
  expect(kept("@maya_2 你好")).toEqual(["@maya_2"]);
  expect(kept("好")).toEqual([]);
});

test("[WE25] a name may hold any sign, and a link end with any", async () => {
  const signs = "Mary-Jane $^[(*+?.|\\/)]{}-";
  const parts = partsOf(`${signs} 看 https://x.org/2- 吧`, [], [signs]);
  expect(parts.filter(({ isKept }) => isKept).map((part) => part.text)).toEqual([signs, "https://x.org/2-"]);
  expect(await translateParts(parts, async (words) => words.replace("看", "see"))).toContain(`${signs} see`);
});

/**
 * Engines that do what engines do: hold to everything, drop figures, translate names, swallow spaces, say something
 * else.
 */
const engines: Record<string, (words: string) => string> = {
  faithful: (words) => words.toUpperCase().replaceAll("KEVIN", "Kevin").replaceAll("AL", "Al"),
  loud: (words) => words.toUpperCase(),
  "without figures": (words) => words.replaceAll(/\d/g, ""),
  "in words": (words) => words.replaceAll("3", "three").replaceAll("Kevin", "凯文").replaceAll("妈妈", "Mum"),
  "twice over": (words) => `${words} ${words}`,
  "other braces": (words) => words.replaceAll("Kevin", "凯文").replaceAll("{", "｛ ").replaceAll("}", " ｝"),
  elsewhere: () => "{0} {1} {7} 42",
  silent: () => "",
};

const piece = fc.oneof(
  fc.constantFrom(
    ...names,
    "3",
    "3:30",
    "¥200",
    "3万",
    "https://x.org/2",
    "https://x.org/2-",
    "@kevin",
    "{0}",
    "{1}",
    "\n",
    " ",
    "，",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("吃了吗", "see you", "下午"),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

test("[WE25] the parts of a text are the text", () => {
  fc.assert(
    fc.property(text, (written) => {
      expect(
        partsOf(written, [], names)
          .map((part) => part.text)
          .join(""),
      ).toBe(written);
    }),
  );
});

test("[WE25] whatever an engine answers, what is kept comes back unchanged, as often as it was written", async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...Object.keys(engines)), async (written, which) => {
      const parts = partsOf(written, [], names);
      const translation = await translateParts(parts, async (words) => engines[which]?.(words) ?? "");
      for (const one of new Set(parts.filter(({ isKept }) => isKept).map((part) => part.text))) {
        const times = parts.filter((part) => part.isKept && part.text === one).length;
        expect(translation.split(one).length - 1).toBeGreaterThanOrEqual(times);
      }
      expect(translation.split("\n").length).toBe(written.split("\n").length);
    }),
    { numRuns: 500 },
  );
});

test("[WE25] an engine that changes nothing changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      expect(await translateParts(partsOf(written, [], names), async (words) => words)).toBe(written);
    }),
  );
});

test("[WE25] the line goes whole where all of it comes back; else with marks; else in pieces", async () => {
  const asked: string[] = [];
  const say = (answers: Record<string, string>) => async (words: string) => {
    asked.push(words);
    return answers[words] ?? "?";
  };
  const parts = partsOf("妈妈3点来", [], names);
  expect(await translateParts(parts, say({ 妈妈3点来: "妈妈 comes at 3" }))).toBe("妈妈 comes at 3");
  expect(await translateParts(parts, say({ 妈妈3点来: "Mum comes at 3", "{0}{1}点来": "{0} comes at {1}" }))).toBe(
    "妈妈 comes at 3",
  );
  expect(await translateParts(parts, say({ 点来: "o'clock, come" }))).toBe("妈妈3o'clock, come");
  expect(asked).toEqual(["妈妈3点来", "妈妈3点来", "{0}{1}点来", "妈妈3点来", "{0}{1}点来", "点来"]);
  // 30 is not 3, and 13:30 is not 3:30.
  expect(
    await translateParts(partsOf("等3天", [], []), say({ 等3天: "wait 30 days", "等{0}天": "wait {0} days" })),
  ).toBe("wait 3 days");
});
