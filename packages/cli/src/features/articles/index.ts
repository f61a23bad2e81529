/**
 * Public accounts 公众号 in the terminal (docs/spec/articles.md): founded, written for, followed, read and carried out.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AccountRef, ArticlePicture, ArticleRow } from "@yanshu/client";
import { type Context, hintUnlessSent, mustReachHome } from "../../context.ts";
import { Fault } from "../../fault.ts";
import { cliFeature } from "../../feature.ts";
import { fileAt } from "../../file-at.ts";
import { plain } from "../../line.ts";
import { pick } from "../../pick.ts";
import { pictureAt } from "../../picture-at.ts";
import { wordsOf } from "../../words.ts";
import { filesOf, pictureName } from "./pages.ts";
import { articleIn, linesOf } from "./text.ts";

const words = wordsOf(
  {
    "account.none": "Nothing here yet",
    "account.founded": "Account founded: {name}",
    "account.going": "On its way: {title}",
    "account.followed": "Followed: {name}. Nobody is told",
    "account.unfollowed": "Not followed any more: {name}",
    "account.said": "{comments} comments, {withheld} withheld by the author",
    "account.written": "{count} articles in {path}",
  },
  {
    "account.none": "这里还没有",
    "account.founded": "公众号办好了：{name}",
    "account.going": "正在送：{title}",
    "account.followed": "关注了：{name}。谁也不会知道",
    "account.unfollowed": "不再关注：{name}",
    "account.said": "{comments} 条留言，{withheld} 条作者没有放出来",
    "account.written": "{count} 篇写在 {path}",
  },
);
type Key = keyof (typeof words)["en"];

const listedMax = 300;
const chunkBytes = 32 << 10;
const chunksAtOnce = 8;

async function accountMeant({ api, view }: Context<Key>, query: string): Promise<AccountRef> {
  const { mine, articles } = view("articles", { limit: listedMax });
  const { accounts } = await api.searchArticles(query, listedMax);
  const all = [...mine, ...articles.map(({ account }) => account), ...accounts];
  return pick("ACCOUNT", query, [...new Map(all.map((one) => [one.id, one])).values()]);
}

async function articleMeant({ api, view }: Context<Key>, query: string): Promise<ArticleRow> {
  const { articles, mine } = view("articles", { limit: listedMax });
  const own = mine.flatMap(({ id }) => view("account", id)?.articles ?? []);
  const found = (await api.searchArticles(query, listedMax)).articles;
  const all = [...new Map([...articles, ...own, ...found].map((one) => [one.entry, one])).values()];
  return pick(
    "ARTICLE",
    query,
    all.map((one) => ({ ...one, id: one.entry, name: one.title })),
  );
}

async function publish(context: Context<Key>, account: AccountRef, path: string): Promise<void> {
  const { api, answer, text } = context;
  const { title, blocks, pictures } = articleIn(await fileAt(path).text());
  const files = await Promise.all(pictures.map((one) => pictureAt(join(dirname(path), one))));
  const cover = files.length === 0 ? {} : { cover: 0 };
  await api.publishArticle(account.id, { title, blocks, pictures: files, ...cover });
  answer(text("account.going", { title: plain(title) }), { account: account.id, title });
}

async function bytesOf({ api }: Context<Key>, { hash, bytes }: ArticlePicture): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at * chunkBytes < bytes; at += chunksAtOnce) {
    const part = await api.channelFilmChunks(hash, bytes, at, chunksAtOnce);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** All that is here of an account, as files (PA10). */
async function carryOut(context: Context<Key>, { id }: AccountRef, folder: string): Promise<void> {
  const { view, answer, text } = context;
  const account = view("account", id);
  if (account === undefined) return;
  const articles = account.articles.flatMap(({ entry }) => view("article", entry) ?? []);
  mkdirSync(folder, { recursive: true });
  for (const [name, said] of Object.entries(filesOf(account, articles))) writeFileSync(join(folder, name), said);
  for (const picture of articles.flatMap(({ pictures }) => pictures)) {
    const bytes = await bytesOf(context, picture);
    if (bytes !== undefined) writeFileSync(join(folder, pictureName(picture)), bytes);
  }
  answer(text("account.written", { count: articles.length, path: folder }), { articles: articles.length, folder });
}

function list({ answer, text }: Context<Key>, rows: readonly ArticleRow[]): void {
  const lines = rows.map(
    ({ day, account, title }) =>
      `${new Date(day * 86_400_000).toISOString().slice(0, 10)}  ${plain(account.name)}: ${plain(title)}`,
  );
  const said = rows.map(({ entry, account, title, day }) => ({ id: entry, account: account.id, title, day }));
  answer(lines.length === 0 ? text("account.none") : lines, { articles: said });
}

export const articles = cliFeature(words, {
  commands: {
    account: {
      positionals: ["[found|publish|read|find|follow|unfollow|export]", "[WORDS…]"],
      options: ["file", "to", "last"],
      help: {
        en: "public accounts; found NAME, publish ACCOUNT --file TEXT, read TITLE, find WORDS, follow, unfollow, export NAME --to DIR",
        zh: "公众号；found 办一个，publish 发文章，read 读，find 找，follow 关注，unfollow 不再关注，export 写成网页",
      },
      async run(context) {
        const { args, answer, api, text, usage, view } = context;
        const [action, ...rest] = args.positionals;
        const said = rest.join(" ");
        await mustReachHome(context);
        await api.lookAtChannels();
        if (action === undefined) return list(context, view("articles", { limit: Math.min(args.last, 200) }).articles);
        switch (action) {
          case "found": {
            const id = await api.createChannel({ name: said });
            answer(text("account.founded", { name: plain(said) }), { id });
            break;
          }
          case "publish":
            await publish(context, await accountMeant(context, said), args.file ?? "");
            break;
          case "read": {
            const { entry } = await articleMeant(context, said);
            const article = view("article", entry);
            if (article === undefined) throw new Fault("fault.none", { argument: "ARTICLE", query: plain(said) });
            const { comments, withheld } = article;
            const counts = comments === 0 ? [] : [text("account.said", { comments, withheld })];
            answer([...linesOf(article).map(plain), ...counts], article);
            return;
          }
          case "find": {
            const { articles: found } = await api.searchArticles(said, Math.min(args.last, 200));
            return list(context, found);
          }
          case "follow":
          case "unfollow": {
            const { id, name } = await accountMeant(context, said);
            if (action === "follow") await api.followChannel(id);
            else await api.unfollowChannel(id);
            const key = action === "follow" ? "account.followed" : "account.unfollowed";
            answer(text(key, { name: plain(name) }), { account: id });
            break;
          }
          case "export":
            await carryOut(context, await accountMeant(context, said), args.to);
            return;
          default:
            throw new Fault("fault.extra", { argument: action, usage });
        }
        await api.lookAtChannels();
        await hintUnlessSent(context);
      },
    },
  },
});
