/** What an author writes, as blocks and spans (docs/spec/articles.md PA3). */
import { expect, test } from "bun:test";
import { block, blocksOf, markedOf, pasted, spansIn } from "./draft.ts";

test("[PA3] marks become spans, and spans marks again", () => {
  const said = "**周六**上午，看[地图](https://example.org/map)。";
  const read = spansIn(said);
  expect(read).toEqual({
    text: "周六上午，看地图。",
    spans: [
      { at: 0, length: 2, is: "strong" },
      { at: 6, length: 2, is: "link", to: "https://example.org/map" },
    ],
  });
  expect(markedOf(read)).toBe(said);
});

test("[PA4] what is no https address stays words", () => {
  const said = "[点](javascript:alert(1))";
  expect(spansIn(said)).toEqual({ text: said, spans: [] });
});

test("[PA3] pasted lines are blocks, and empty ones are none", () => {
  expect(pasted(" 甲\r\n\r\n乙\n")).toEqual(["甲", "乙"]);
  expect(blocksOf([block("text", " "), block("heading", "甲"), block("line"), block("picture", "", 0)])).toEqual([
    { is: "heading", text: "甲" },
    { is: "line", text: "" },
    { is: "picture", text: "", picture: 0 },
  ]);
});
