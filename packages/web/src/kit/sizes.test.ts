/** Names and sizes as a card shows them. */
import { expect, test } from "bun:test";
import { lengthWords, shortName } from "./sizes.ts";

test("[ME13] a long name keeps its beginning and its ending, and never breaks a character", () => {
  expect(shortName("茉莉花.pdf")).toBe("茉莉花.pdf");
  expect(shortName("茉莉花_四声部_修订版_二〇二六年春季音乐会用.pdf")).toMatch(/^茉莉花_四声部_.*….*会用\.pdf$/);
  expect(shortName(`${"🍲".repeat(40)}.jpg`)).toMatch(/^(🍲)+…(🍲)+\.jpg$/u);
  expect(lengthWords(23_400)).toBe("0:23");
  expect(lengthWords(600_000)).toBe("10:00");
});
