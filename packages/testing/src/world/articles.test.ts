/** Public accounts 公众号 (docs/spec/articles.md): founded, written for, read, edited, commented and kept elsewhere. */
import { expect, setDefaultTimeout, test } from "bun:test";
import type { ArticleDraft } from "@yanshu/client";
import type { Person } from "../index.ts";
import { bytes, found, home, operates, published } from "./channels.ts";
import { homeAndMirror } from "./mirror.ts";

setDefaultTimeout(120_000);

const picture = (step: number) => ({ source: bytes(9_000, step), mime: "image/webp" as const, width: 40, height: 30 });
const words = "周六上午九点，河滨公园。带上医保卡。";
const clinic: ArticleDraft = {
  title: "社区义诊",
  author: "刘大夫",
  blocks: [
    { is: "heading", text: "时间地点" },
    { is: "text", text: words, spans: [{ at: 0, length: 6, is: "strong" }] },
    { is: "picture", text: "去年的义诊", picture: 0 },
  ],
  pictures: [picture(250)],
  cover: 0,
};
const titlesIn = (person: Person) => person.view("articles", { limit: 50 }).articles.map(({ title }) => title);

test("[PA1] [PA2] [PA3] [PA5] [PA9] what an account publishes is read by who follows it, and its later edition stands in its place", async () => {
  const { world, people } = await home({ seed: 2_610 }, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const account = await world.during(ann.api.createChannel({ name: "城南诊所", about: "街坊的大夫" }));
  await expect(ann.api.publishArticle(account, { ...clinic, title: " " })).rejects.toMatchObject({ code: "empty" });
  await expect(ann.api.publishArticle(account, { title: "空", blocks: [] })).rejects.toMatchObject({ code: "empty" });
  const long = Array.from({ length: 5 }, () => ({ is: "text", text: "长".repeat(2_000) }) as const);
  await expect(ann.api.publishArticle(account, { title: "长", blocks: long })).rejects.toMatchObject({
    code: "too-long",
  });
  await world.during(ann.api.publishArticle(account, clinic));
  expect(ann.view("account", account)?.waiting).toMatchObject([{ title: "社区义诊" }]);
  await published(world, ann, ben);
  expect(ann.view("account", account)).toMatchObject({ waiting: [], articles: [{ title: "社区义诊" }] });
  expect(titlesIn(ben)).toEqual([]);
  await ben.api.followChannel(account);
  const [row] = ben.view("articles", { limit: 50 }).articles;
  expect(row).toMatchObject({ title: "社区义诊", summary: words, account: { name: "城南诊所", isFollowed: true } });
  const entry = row?.entry ?? "";
  const read = ben.view("article", entry);
  expect(read).toMatchObject({
    author: "刘大夫",
    blocks: [
      { is: "heading", text: "时间地点" },
      { is: "text", spans: [{ at: 0, length: 6, is: "strong" }] },
      { is: "picture", picture: { bytes: 9_000, width: 40 } },
    ],
  });
  const shown = read?.pictures[0];
  const chunk = await world.during(ben.api.channelFilmChunks(shown?.hash ?? "", shown?.bytes ?? 0, 0, 8));
  expect(chunk).toEqual(new Uint8Array(await picture(250).source.arrayBuffer()));
  // Nobody edits what is another's, and the picture of before is named again.
  await expect(ben.api.editArticle(entry, clinic)).rejects.toMatchObject({ code: "unknown-message" });
  const later = { ...clinic, title: "社区义诊改期", pictures: [{ kept: shown?.hash ?? "" }] };
  await world.during(ann.api.editArticle(entry, later));
  await published(world, ann, ben);
  expect(titlesIn(ben)).toEqual(["社区义诊改期"]);
  expect(ben.view("article", entry)).toMatchObject({ title: "社区义诊改期", pictures: [{ hash: shown?.hash }] });
  expect(ben.view("article", entry)?.editedDay).toBeNumber();
  expect((await ben.api.searchArticles("医保卡", 9)).articles).toMatchObject([{ entry }]);
  expect((await ben.api.searchArticles("诊所", 9)).accounts).toMatchObject([{ id: account }]);
  // Of films nothing of it stands anywhere.
  expect(ben.view("channelsFeed", { tab: "for-you", limit: 9 }).films).toEqual([]);
  await world.during(ann.api.setAccountMenu(account, [{ words: "挂号", to: "https://clinic.example.org" }]));
  await world.during(ann.api.withdrawArticle(entry));
  await published(world, ann, ben);
  expect(titlesIn(ben)).toEqual([]);
  expect(ben.view("article", entry)).toBeUndefined();
  expect(ben.view("account", account)).toMatchObject({
    gaps: [{ why: "deleted" }],
    menu: [{ words: "挂号", to: "https://clinic.example.org" }],
  });
  await ben.api.unfollowChannel(account);
  for (const one of people) expect(found(one)).toEqual([]);
  expect(world.bugs()).toEqual([]);
});

test("[PA6] [PA8] of one day eight stand in the folder and the rest is counted, and so is what is withheld of comments", async () => {
  const { world, people } = await home({ seed: 2_611 }, "Ann", "Ben", "Cleo");
  const [ann, ben, cleo] = people as [Person, Person, Person];
  const account = await world.during(ann.api.createChannel({ name: "教会公告" }));
  for (const nth of [1, 2, 3, 4, 5, 6, 7, 8, 9])
    await world.during(
      ann.api.publishArticle(account, { title: `公告${nth}`, blocks: [{ is: "text", text: `${nth}` }] }),
    );
  await published(world, ann, ben, cleo);
  await ben.api.followChannel(account);
  const folder = ben.view("articles", { limit: 50 });
  expect(folder.articles.map(({ title }) => title)).toEqual([9, 8, 7, 6, 5, 4, 3, 2].map((nth) => `公告${nth}`));
  expect(folder.folded).toMatchObject([{ account: { id: account }, count: 1 }]);
  expect(ben.view("account", account)?.articles).toHaveLength(9);
  const entry = folder.articles[0]?.entry ?? "";
  await world.during(ben.api.commentFilm(entry, "阿们", { penName: "老王" }));
  await world.during(cleo.api.commentFilm(entry, "骗人的", { penName: "路人" }));
  await published(world, ben, cleo, ann);
  const [bad] = ann.view("channelComments", entry).comments.filter(({ text }) => text === "骗人的");
  await world.during(ann.api.hideChannelComment(bad?.entry ?? "", true));
  await published(world, ann, ben, cleo);
  for (const reader of [ben, cleo]) {
    expect(reader.view("article", entry)).toMatchObject({ comments: 2, withheld: 1 });
    expect(
      reader
        .view("channelComments", entry)
        .comments.map(({ text }) => text)
        .sort(),
    ).toEqual(["", "阿们"]);
  }
  expect(world.bugs()).toEqual([]);
});

test("[PA7] what an operator takes away says why, and what was said is read at a mirror when home is gone", async () => {
  const { world, people, mirrors } = await homeAndMirror(2_612, "Ann", "Ben");
  const [ann, ben] = people as [Person, Person];
  const account = await world.during(ann.api.createChannel({ name: "老街", mirrors: ["mirror.test"] }));
  await world.during(ann.api.publishArticle(account, clinic));
  await world.during(ann.api.publishArticle(account, { ...clinic, title: "拆迁" }));
  await published(world, ann, ben);
  await ben.api.followChannel(account);
  const entry = ben.view("articles", { limit: 9 }).articles.find(({ title }) => title === "拆迁")?.entry ?? "";
  await mirrors();
  const said = { entry, reason: "上级要求", appeal: "appeal@example.org" };
  await world.during(operates(world.server, "channels-remove", said));
  await published(world, ann, ben);
  expect(titlesIn(ben)).toEqual(["社区义诊"]);
  expect(ben.view("account", account)?.gaps).toMatchObject([{ why: "removed", reason: "上级要求" }]);
  await world.during(ann.api.publishArticle(account, { ...clinic, title: "告别" }));
  for (const _ of [1, 2]) {
    await world.during(ann.api.lookAtChannels());
    await world.pass(70_000);
  }
  expect(titlesIn(ben)).toEqual(["社区义诊"]);
  world.crashServer();
  await ben.api.showChannels(true);
  await world.pass(90_000);
  expect(titlesIn(ben)).toEqual(["告别", "社区义诊"]);
  // Its picture comes from there too, piece by piece, each checked.
  const shown = ben.view("articles", { limit: 9 }).articles[0]?.cover;
  const chunk = await world.during(ben.api.channelFilmChunks(shown?.hash ?? "", shown?.bytes ?? 0, 0, 8));
  expect(chunk).toHaveLength(9_000);
  expect(world.bugs()).toEqual([]);
});
