/** `yanshu account`: two terminals, and the real server. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AccountView, ArticleView } from "@yanshu/client";
import { annAndBen } from "../../testkit/ann-and-ben.ts";
import { filesOf } from "./pages.ts";
import { articleIn, linesOf } from "./text.ts";

setDefaultTimeout(120_000);
const { ann, ben, folder } = annAndBen("--pack-seconds", "1");

const account: AccountView = {
  id: "ab".repeat(32),
  name: "诊所 & <script>alert(1)</script>",
  about: "",
  isFollowed: true,
  isMine: false,
  articles: [],
  gaps: [],
  menu: [],
  waiting: [],
};
const article: ArticleView = {
  entry: "cd".repeat(32),
  account,
  title: '"><img src=x onerror=alert(1)>',
  summary: "",
  author: "刘",
  day: 20_000,
  comments: 0,
  withheld: 0,
  pictures: [],
  blocks: [
    { is: "text", text: "看<b>这里</b>\u0001", spans: [{ at: 0, length: 1, is: "link", to: 'https://e.org/?"><x' }] },
    { is: "quote", text: "</blockquote><script>1</script>", spans: [] },
  ],
};

test("[PA10] what people wrote is text in each file that goes out, and no page runs anything", () => {
  const files = filesOf(account, [article]);
  expect(Object.keys(files).sort()).toEqual(["feed.json", "feed.rss", "index.html", `${article.entry}.html`].sort());
  for (const name of ["index.html", `${article.entry}.html`]) {
    const page = files[name] ?? "";
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page).not.toMatch(/<script|onerror=alert\(1\)>|<img|<b>|<x/);
  }
  const feed = JSON.parse(files["feed.json"] ?? "");
  expect(feed.items).toMatchObject([
    { id: article.entry, title: article.title, date_published: "2024-10-04T00:00:00.000Z" },
  ]);
  expect(feed.items[0].content_html).not.toMatch(/<script|<b>/);
  expect(files["feed.rss"]).not.toContain("\u0001");
  expect(files["feed.rss"]).not.toMatch(/<script|<img|<blockquote/);
});

test("[TE27] a text is an article: its first line the title, and signs before lines what they are", () => {
  const read = articleIn("义诊\n\n周六上午\n九点。\n## 地点\n- 公园\n- 教堂\n> 带医保卡\n---\n![去年](a.webp)\n");
  expect(read).toEqual({
    title: "义诊",
    pictures: ["a.webp"],
    blocks: [
      { is: "text", text: "周六上午\n九点。" },
      { is: "heading", text: "地点" },
      { is: "item", text: "公园" },
      { is: "item", text: "教堂" },
      { is: "quote", text: "带医保卡" },
      { is: "line", text: "" },
      { is: "picture", text: "去年", picture: 0 },
    ],
  });
  expect(linesOf(article).join("\n")).toContain("  <https://e.org/?");
});

test("[TE27] [TE28] an article is published in one terminal, read in the other, which follows it and carries it out", async () => {
  const path = join(folder, "clinic.txt");
  writeFileSync(path, "社区义诊\n\n周六上午九点，河滨公园。\n\n## 要带的\n- 医保卡\n");
  await ann.says("account", "found", "城南诊所");
  expect(await ann.says("account", "publish", "城南诊所", "--file", path)).toContain("社区义诊");
  expect(await ben.saysAtLast("社区义诊", "account", "find", "河滨")).toContain("城南诊所");
  await ben.says("account", "follow", "城南诊所");
  expect(await ben.says("account")).toContain("城南诊所: 社区义诊");
  const said = await ben.says("account", "read", "社区义诊");
  expect(said).toContain("# 要带的");
  expect(said).toContain("- 医保卡");
  const out = join(folder, "out");
  await ben.says("account", "export", "城南诊所", "--to", out);
  expect(readdirSync(out)).toContain("feed.rss");
  expect(JSON.parse(readFileSync(join(out, "feed.json"), "utf8")).items).toMatchObject([{ title: "社区义诊" }]);
  await ben.says("account", "unfollow", "城南诊所");
  expect(await ben.says("account")).toContain("Nothing here yet");
  const refused = await ben.run(["account", "publish", "城南诊所", "--file", path]);
  expect(refused.code).toBe(1);
});
