import { expect, test } from "bun:test";
import { mentionQuery, mentionsIn } from "./ranges.ts";

test("[AC7] an @ begins a name where a word could begin, and ends with a space", () => {
  expect(mentionQuery("@", 1)).toEqual({ from: 0, query: "" });
  expect(mentionQuery("饺子@m", 4)).toEqual({ from: 2, query: "m" });
  expect(mentionQuery("hi @Ma, there", 6)).toEqual({ from: 3, query: "Ma" });
  expect(mentionQuery("mail me@yan", 11)).toBeUndefined();
  expect(mentionQuery("@妈妈 好", 5)).toBeUndefined();
});

test("[AC7] the names that were chosen are found where they stand, a longer one before one that begins it", () => {
  const mum = { account: "a1", name: "妈妈" };
  const aunt = { account: "b2", name: "妈妈的姐姐" };
  expect(mentionsIn("@妈妈的姐姐 和 @妈妈 和 @爸爸", [mum, aunt])).toEqual([
    { at: 0, length: 6, account: "b2" },
    { at: 9, length: 3, account: "a1" },
  ]);
  expect(mentionsIn("@所有人 看", [{ name: "所有人" }])).toEqual([{ at: 0, length: 4 }]);
});
