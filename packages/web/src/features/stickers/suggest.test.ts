import { expect, test } from "bun:test";
import { stickerPacks } from "@yanshu/content";
import { wordsMax } from "../../kit/use-suggestions.ts";
import { svgOf } from "./art/index.ts";
import { fitsName, isNamed, suggest } from "./suggest.ts";

const first = (text: string) => {
  const [one] = suggest(text);
  return one === undefined ? undefined : `${one.pack}/${one.sticker}`;
};

test("[ME18] what is written is fitted by Han of either script, pinyin and English, however long one laughs", () => {
  for (const text of ["谢谢", "謝謝", "谢谢！", "xiexie", "thanks", "Thank you", "妈妈谢谢"])
    expect(first(text)).toBe("goose/thanks");
  for (const text of ["哈哈", "哈哈哈哈哈", "haha", "HAHAHAHA"]) expect(first(text)).toBe("goose/haha");
  expect(first("wan an")).toBe("goose/night");
  expect(first("新年快樂")).toBe("paper/new-year");
  expect(first("生日快")).toBe("goose/birthday");
});

test("[ME18] a letter, a single letter and what means nothing are fitted by none", () => {
  for (const text of [
    "",
    "h",
    "我今天下午三点到外婆家去",
    "谢谢你昨天送我回家",
    "谢谢你昨天送我回家，到家已经很晚了",
    "xyz",
    "!!",
  ])
    expect(suggest(text)).toEqual([]);
  expect("谢谢你昨天送我回家，到家已经很晚了".length).toBeGreaterThan(wordsMax);
  expect(suggest("好").length).toBeLessThanOrEqual(6);
});

test("[ME18] one's own are fitted by the names that they were given", () => {
  expect(fitsName("外婆的猫", "外婆")).toBe(true);
  expect(fitsName("猫", "猫")).toBe(true);
  expect(fitsName("猫", "外婆的猫")).toBe(false);
  expect(fitsName("", "猫")).toBe(false);
  expect(isNamed({ pack: "goose", sticker: "ok" }, "haode")).toBe(true);
});

test("[ME15] every sticker of the packs is drawn, small, well-formed, and rests where no motion is wanted", () => {
  let bytes = 0;
  for (const { id: pack, stickers } of stickerPacks) {
    for (const { id, names } of stickers) {
      for (const language of ["zh-Hans", "zh-Hant", "en"] as const) {
        const moving = svgOf(pack, id, { language, isStill: false, hasWords: true }) ?? "";
        expect(moving).toContain(names[language]);
        expect(moving.match(/<g[ >]/g)?.length).toBe(moving.match(/<\/g>/g)?.length);
        expect(moving).not.toMatch(/undefined|NaN|script|href|\bon\w+=/);
        // Nothing moves for ever.
        expect(moving).not.toContain("indefinite");
      }
      const still = svgOf(pack, id, { language: "en", isStill: true, hasWords: true }) ?? "";
      expect(still).not.toContain("<animate");
      expect(svgOf(pack, id, { language: "en", isStill: false, hasWords: true })).toContain("<animate");
      bytes += still.length;
    }
  }
  expect(bytes).toBeLessThan(200 * 1024);
  expect(svgOf("goose", "swan", { language: "en", isStill: true, hasWords: true })).toBeUndefined();
});
