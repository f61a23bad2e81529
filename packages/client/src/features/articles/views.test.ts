/** What the folder, the search and an article's page read of the public log (docs/spec/articles.md). */
import { expect, test } from "bun:test";
import {
  addChannelEntry,
  type Database,
  migrate,
  migrations,
  setChannelEntryState,
  writeChannelFollow,
  writeChannelHead,
  writeChannelProfile,
  writeChannelWithdrawn,
} from "@yanshu/store";
import { openBunDatabase } from "@yanshu/store/bun";
import { articleBodies, type Bytes, toHex } from "@yanshu/wire";
import { pack as packed, type ReadContext } from "../../feature.ts";
import { readComments } from "../channels/views.ts";
import { findArticles, readAccount, readArticleAt, readFolder } from "./views.ts";

const day = 20_500;
const none = new Uint8Array();
const id = (at: number) => {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, at);
  return bytes;
};

type Said = { readonly channel: Bytes; readonly hash: Bytes; readonly title: string };

/** A device on which stands what packs told, and how many articles with their words it has read since. */
function device() {
  const held = openBunDatabase(":memory:");
  migrate(held, migrations);
  let seq = 0;
  let read = 0;
  const counted = <Row>(row: Row): Row => {
    if (typeof row === "object" && row !== null && ("shown" in row || "words" in row)) read++;
    return row;
  };
  const database: Database = {
    ...held,
    all: <Row>(...asked: Parameters<Database["all"]>) => held.all<Row>(...asked).map(counted),
    get: <Row>(...asked: Parameters<Database["get"]>) => counted(held.get<Row>(...asked)),
  };
  const add = ({ channel, hash, title }: Said, kind: "article" | "comment", pack: number, about: Bytes) => {
    const said = articleBodies.article.encode({ title, blocks: [{ is: "text", text: title }] });
    const shown = packed({ text: title, said, films: [], tags: [], day: day + pack });
    const rest = { about, words: title, shown, state: "here", got_ms: 0 } as const;
    addChannelEntry(held, { hash, channel, seq: seq++, kind, pack, day: day + pack, ...rest });
  };
  return {
    held,
    context: { database } as unknown as ReadContext,
    account: (at: number, name: string, isFollowed = true) => {
      writeChannelHead(held, id(at), none, 0, none);
      writeChannelProfile(held, id(at), 0, { name, about: "", picture: none, mirrors: "", domain: "" });
      if (isFollowed) writeChannelFollow(held, id(at), true, 1);
      return id(at);
    },
    article: (said: Said, pack: number, about = none) => add(said, "article", pack, about),
    comment: (said: Said, pack: number, about: Bytes) => add(said, "comment", pack, about),
    /** Since the last time. */
    read: () => {
      const count = read;
      read = 0;
      return count;
    },
  };
}

const has = (words: string) => (text: string) => (text.includes(words) ? ({} as never) : undefined);

test("[PA6] an account that says a hundred articles a day leaves the others their rows in the folder, and what is more is told", () => {
  const { context, account, article } = device();
  const [loud, quiet] = [account(1, "loud"), account(2, "quiet")];
  article({ channel: quiet, hash: id(10), title: "clinic" }, 0);
  for (const pack of [1, 2])
    for (let nth = 0; nth < 100; nth++)
      article({ channel: loud, hash: id(1_000 * pack + nth), title: `${pack} ${nth}` }, pack);
  const folder = readFolder(context, { limit: 100 });
  const titles = folder.articles.map(({ title }) => title);
  expect(titles).toHaveLength(17);
  expect([titles[0], titles[8], titles.at(-1)]).toEqual(["2 99", "1 99", "clinic"]);
  expect(folder.folded.map(({ day: on, count }) => [on - day, count])).toEqual([
    [2, 92],
    [1, 92],
  ]);
  const short = readFolder(context, { limit: 16 });
  expect(short.articles).toHaveLength(16);
});

test("[PA5] of an article with any number of editions the latest alone is read, however often others name it", () => {
  const { context, account, article, read } = device();
  const [clinic, other] = [account(1, "clinic"), account(2, "other", false)];
  article({ channel: clinic, hash: id(10), title: "first" }, 0);
  for (let nth = 1; nth <= 50; nth++) {
    article({ channel: clinic, hash: id(100 + nth), title: `edition ${nth}` }, nth, id(10));
    article({ channel: other, hash: id(200 + nth), title: `false ${nth}` }, nth, id(10));
  }
  const latest = [{ entry: toHex(id(10)), title: "edition 50", day }];
  expect(readFolder(context, { limit: 9 }).articles).toMatchObject(latest);
  expect(read()).toBe(1);
  expect(findArticles(context, has("edition"), 9).articles).toMatchObject(latest);
  expect(read()).toBe(2);
  expect(readArticleAt(context, toHex(id(10)))).toMatchObject({ title: "edition 50", editedDay: day + 50 });
  expect(read()).toBeLessThanOrEqual(3);
});

test("[PA6] search goes through what one follows, so much of each account, and through the names of the others", () => {
  const { context, account, article, read } = device();
  const [loud, quiet, stranger] = [account(1, "loud"), account(2, "quiet"), account(3, "stranger", false)];
  article({ channel: quiet, hash: id(10), title: "flu shots" }, 0);
  for (let nth = 0; nth < 1_100; nth++) article({ channel: loud, hash: id(10_000 + nth), title: `${nth}` }, 1);
  for (let nth = 0; nth < 50; nth++) article({ channel: stranger, hash: id(20_000 + nth), title: "flu shots" }, 1);
  const { articles } = findArticles(context, has("flu"), 9);
  expect(articles.map(({ account: { name } }) => name)).toEqual(["quiet"]);
  expect(read()).toBeLessThanOrEqual(2_002);
  expect(findArticles(context, has("stranger"), 9)).toMatchObject({ articles: [], accounts: [{ name: "stranger" }] });
});

test("[PA6] search finds what one does not follow, behind what one follows", () => {
  const { context, account, article } = device();
  const [clinic, stranger] = [account(1, "clinic"), account(2, "stranger", false)];
  article({ channel: clinic, hash: id(10), title: "flu shots" }, 1);
  article({ channel: stranger, hash: id(11), title: "flu shots" }, 2);
  const { articles } = findArticles(context, has("flu"), 9);
  expect(articles.map(({ account: { name } }) => name)).toEqual(["clinic", "stranger"]);
});

test("[PA5] [PA8] an edition of another channel's entry stands in no place, and of an article that is not here the latest edition bears its comments", () => {
  const { held, context, account, article, comment } = device();
  const [clinic, thief, reader] = [account(1, "clinic"), account(2, "thief"), account(3, "reader", false)];
  article({ channel: clinic, hash: id(10), title: "clinic" }, 0);
  article({ channel: thief, hash: id(11), title: "stolen" }, 1, id(10));
  for (const pack of [2, 3]) article({ channel: clinic, hash: id(20 + pack), title: `later ${pack}` }, pack, id(9));
  for (const at of [30, 31]) comment({ channel: reader, hash: id(at), title: "thanks" }, 4, id(9));
  writeChannelWithdrawn(held, id(31), clinic, "hide", true, { seq: 9, pack: 5 });
  const titles = readFolder(context, { limit: 9 }).articles.map(({ title }) => title);
  expect(titles).toEqual(["later 3", "clinic"]);
  expect(readAccount(context, toHex(thief))?.articles).toEqual([]);
  expect(readArticleAt(context, toHex(id(11)))).toBeUndefined();
  // By whichever of its editions it is opened.
  for (const at of [22, 23]) {
    expect(readArticleAt(context, toHex(id(at)))).toMatchObject({ title: "later 3", comments: 2, withheld: 1 });
    expect(readComments(context, toHex(id(at)))).toMatchObject({ count: 2, comments: [{}, {}] });
  }
  article({ channel: clinic, hash: id(12), title: "edited" }, 6, id(10));
  expect(readArticleAt(context, toHex(id(12)))).toMatchObject({ entry: toHex(id(10)), title: "edited" });
  setChannelEntryState(held, id(10), "deleted");
  expect(readArticleAt(context, toHex(id(12)))).toBeUndefined();
});

test("[PA12] an edition that home removed leaves a place on its account's page, one that its author withdrew does not", () => {
  const { held, context, account, article } = device();
  const clinic = account(1, "clinic");
  article({ channel: clinic, hash: id(10), title: "first" }, 0);
  for (const nth of [1, 2, 3]) article({ channel: clinic, hash: id(10 + nth), title: `edition ${nth}` }, nth, id(10));
  const page = () => readAccount(context, toHex(clinic));
  expect(page()?.gaps).toEqual([]);
  setChannelEntryState(held, id(13), "removed");
  setChannelEntryState(held, id(12), "gone");
  expect(page()).toMatchObject({ articles: [{ title: "edition 1" }], gaps: [{ why: "removed" }, { why: "gone" }] });
  for (const at of [10, 11]) setChannelEntryState(held, id(at), "deleted");
  expect(
    page()
      ?.gaps.map(({ why }) => why)
      .toSorted(),
  ).toEqual(["deleted", "gone", "removed"]);
});
