import { expect, test } from "bun:test";
import { withEmoji } from "./bracket-emoji.ts";

test("[AC14] bracket names become emoji, in both languages; whatever else stands in brackets stays", () => {
  expect(withEmoji("好的[微笑][OK]谢谢[玫瑰]")).toBe("好的🙂👌谢谢🌹");
  expect(withEmoji("ok [Smile][ThumbsUp] see you")).toBe("ok 🙂👍 see you");
  expect(withEmoji("[草稿] 见 [附件1]，a[0]，[链接](https://yan.test)")).toBe(
    "[草稿] 见 [附件1]，a[0]，[链接](https://yan.test)",
  );
  expect(withEmoji("「全角，标点。」（不变）")).toBe("「全角，标点。」（不变）");
});
