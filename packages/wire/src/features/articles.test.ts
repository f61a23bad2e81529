/** What an article may be (docs/spec/articles.md PA3, PA4). */
import { expect, test } from "bun:test";
import { type ArticleBody, articleBodies, readArticle } from "./articles.ts";

const picture = { hash: new Uint8Array(32).fill(1), bytes: 900, mime: "image/webp", width: 40, height: 30 };
const read = (body: ArticleBody, films = [picture]) =>
  readArticle({ body: articleBodies.article.encode(body), films: [...films] });
const words = "本周六在河滨公园义诊，详情见这里";
const whole: ArticleBody = {
  title: "社区义诊",
  author: "刘大夫",
  summary: "周六上午九点",
  cover: 0,
  blocks: [
    { is: "heading", text: "时间" },
    { is: "text", text: words, spans: [{ at: 14, length: 2, is: "link", to: "https://example.org/a" }] },
    { is: "picture", text: "河滨公园", picture: 0 },
    { is: "line", text: "" },
  ],
};

test("[PA3] an article is read as it was written", () => {
  expect(read(whole)).toEqual(whole);
});

test("[PA3] what is no article is not shown", () => {
  const block = (one: ArticleBody["blocks"][number]) => read({ ...whole, blocks: [one] });
  expect(read({ ...whole, title: " " })).toBeUndefined();
  expect(read({ ...whole, blocks: [] })).toBeUndefined();
  expect(read({ ...whole, cover: 1 })).toBeUndefined();
  expect(block({ is: "picture", text: "" })).toBeUndefined();
  expect(block({ is: "picture", text: "", picture: 1 })).toBeUndefined();
  expect(block({ is: "text", text: "甲", picture: 0 })).toBeUndefined();
  const spans = (...all: NonNullable<ArticleBody["blocks"][number]["spans"]>) =>
    block({ is: "text", text: "甲乙丙", spans: all });
  expect(spans({ at: 0, length: 1, is: "strong" }, { at: 1, length: 2, is: "em" })).toBeDefined();
  expect(spans({ at: 0, length: 2, is: "strong" }, { at: 1, length: 1, is: "em" })).toBeUndefined();
  expect(spans({ at: 2, length: 2, is: "strong" })).toBeUndefined();
  expect(spans({ at: 0, length: 0, is: "strong" })).toBeUndefined();
  expect(spans({ at: 0, length: 1, is: "link" })).toBeUndefined();
  expect(spans({ at: 0, length: 1, is: "em", to: "https://example.org" })).toBeUndefined();
  expect(read(whole, [{ ...picture, mime: "video/mp4" }])).toBeUndefined();
  expect(read(whole, [{ ...picture, bytes: 9 << 20 }])).toBeUndefined();
});

test("[PA4] a link leads to an https address or nowhere", () => {
  const to = (address: string) => () =>
    articleBodies.article.encode({
      title: "甲",
      blocks: [{ is: "text", text: "甲", spans: [{ at: 0, length: 1, is: "link", to: address }] }],
    });
  expect(to("https://example.org/x")).not.toThrow();
  for (const wrong of ["javascript:alert(1)", "http://example.org", "data:text/html,x", "/a", "", "https://"])
    expect(to(wrong)).toThrow();
});
