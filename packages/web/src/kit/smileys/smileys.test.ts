import { expect, test } from "bun:test";
import fc from "fast-check";
import { drawings, svgOf } from "./art.ts";
import { codeBefore, codeOf, smileyOf, smileys, withSmileys } from "./names.ts";

test("[AC14] bracket names of either language are smileys; whatever else stands in brackets stays words", () => {
  const named = (text: string) => withSmileys(text).flatMap(({ smiley }) => (smiley === undefined ? [] : [smiley.id]));
  expect(named("好的[微笑][OK]谢谢[玫瑰]")).toEqual(["微笑", "OK", "玫瑰"]);
  expect(named("ok [Smile][ThumbsUp] see you [doge] [發呆][吐舌]")).toEqual(["微笑", "强", "旺柴", "发呆", "调皮"]);
  expect(named("[草稿] 见 [附件1]，a[0]，[链接](https://yan.test)「全角，标点。」")).toEqual([]);
});

test("[AC14] no character is lost or added, whatever is written", () => {
  const some = fc.array(fc.oneof(fc.string(), fc.constantFrom("[旺柴]", "[", "]", "[Doge", "[微笑]]")));
  fc.assert(
    fc.property(some, (parts) => {
      const text = parts.join("");
      expect(
        withSmileys(text)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }),
  );
});

test("[ME27] each smiley has a drawing of ours, a name in each language, and a code that leads back to it", () => {
  expect(smileys.length).toBeGreaterThan(108);
  expect(new Set(smileys.map(({ id }) => id)).size).toBe(smileys.length);
  expect(Object.keys(drawings).toSorted()).toEqual(smileys.map(({ id }) => id).toSorted());
  for (const one of smileys) {
    for (const locale of ["zh-Hans", "zh-Hant", "en"] as const) {
      const code = codeOf(one, locale);
      expect(smileyOf(code)?.id).toBe(one.id);
      expect(codeBefore(`a${code}`, code.length + 1)).toBe(code.length);
    }
    // Shown as an image; and still nothing in it runs or is fetched.
    expect(svgOf(one.id)).not.toMatch(/<script|href|onload|url\(|NaN|undefined/i);
  }
  expect(codeBefore("a[附件]", 5)).toBe(0);
});
