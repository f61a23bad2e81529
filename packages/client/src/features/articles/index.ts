/**
 * Public accounts 公众号 (docs/spec/articles.md): articles in the public log of a channel. The log, whom one follows and
 * comments are those of Channels; here stand what an article is on a device, and how it is said.
 */
import { articleOf, readChannelEntry, readEditions } from "@yanshu/store";
import {
  type ArticleBody,
  articleBodies,
  articleLimits,
  type Bytes,
  type FilmRef,
  fromHex,
  publicLimits,
  readArticle,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import {
  atMost,
  ClientError,
  clientFeature,
  type FeatureContext,
  filled,
  type Hex,
  hashIn,
  type LogFile,
  matcherOf,
  type PublicLog,
} from "../../feature.ts";
import type { ArticleDraft, ArticleDraftPicture, ArticlesApi } from "./types.ts";
import { type ArticleShown, findArticles, latestOf, readAccount, readArticleAt, readFolder, shownOf } from "./views.ts";

export type {
  AccountMenuButton,
  AccountRef,
  AccountView,
  ArticleBlockView,
  ArticleDraft,
  ArticleDraftPicture,
  ArticlePicture,
  ArticleRow,
  ArticleSpan,
  ArticlesView,
  ArticleView,
} from "./types.ts";

const topics = ["channels", "channels-mine"];

/** Text that is not well formed has no bytes. */
const clean = (text: string) => text.toWellFormed();

/** @throws ClientError `not-allowed` where nothing here keeps a public log. */
function logOf(context: FeatureContext): PublicLog {
  const log = context.publicLog();
  if (log === undefined) throw new ClientError("not-allowed");
  return log;
}

function bodyOf({ title, author = "", summary = "", blocks, pictures = [], cover }: ArticleDraft, of?: Bytes): Bytes {
  const said: ArticleBody = {
    title: filled(title, articleLimits.titleMax),
    ...(author.trim() !== "" && { author: atMost(clean(author).trim(), articleLimits.authorMax) }),
    ...(summary.trim() !== "" && { summary: atMost(clean(summary).trim(), articleLimits.summaryMax) }),
    blocks: blocks.map(({ is, text, spans = [], picture }) => ({
      is,
      text: clean(text),
      ...(spans.length > 0 && { spans: [...spans] }),
      ...(picture !== undefined && { picture }),
    })),
    ...(cover !== undefined && { cover }),
    ...(of && { of }),
  };
  // not a check: what the own screens ask for; others judge for themselves.
  if (pictures.length > articleLimits.picturesMax || blocks.length > articleLimits.blocksMax)
    throw new ClientError("too-long");
  // not a check: what the own screens ask for; others judge for themselves.
  if (!blocks.some(({ text, picture }) => text.trim() !== "" || picture !== undefined)) throw new ClientError("empty");
  const body = unlessMalformed(() => articleBodies.article.encode(said));
  // not a check: what the own screens ask for; others judge for themselves.
  if (body === undefined || body.length > publicLimits.bodyBytesMax) throw new ClientError("too-long");
  return body;
}

type Made = Exclude<ArticleDraftPicture, { readonly kept: Hex }>;
const isMade = (one: ArticleDraftPicture): one is Made => "source" in one;

/** @param before pictures of the edition before, of which some are named again. */
async function say(
  context: FeatureContext,
  channel: Bytes,
  draft: ArticleDraft,
  of?: Bytes,
  before: readonly FilmRef[] = [],
) {
  const { pictures = [] } = draft;
  const body = bodyOf(draft, of);
  const made = pictures.filter(isMade);
  // not a check: what the own screens ask for; others judge for themselves.
  if (made.some(({ source }) => source.size > articleLimits.pictureBytesMax)) throw new ClientError("too-large");
  const kept = (hex: Hex): FilmRef => {
    const one = before.find(({ hash }) => toHex(hash) === hex);
    if (one === undefined) throw new ClientError("unknown-message");
    return one;
  };
  const fileOf = ({ mime, width, height }: Made, file: LogFile | undefined): FilmRef => {
    if (file === undefined) throw new ClientError("empty");
    return { hash: file.hash, bytes: file.bytes, mime, width, height };
  };
  const films = (files: readonly LogFile[]) =>
    pictures.map((one) => (isMade(one) ? fileOf(one, files[made.indexOf(one)]) : kept(one.kept)));
  // What is named again is there, before anything is kept.
  for (const one of pictures) if (!isMade(one)) kept(one.kept);
  await logOf(context).say(channel, {
    kind: "article",
    body,
    title: draft.title.trim(),
    sources: made.map(({ source }) => source),
    films,
    ...(of && { about: of }),
  });
  context.changed(...topics);
}

export const articles = clientFeature({
  entries: {
    // @checks PA3
    article: (entry) => {
      const said = readArticle(entry);
      if (said === undefined) return undefined;
      const words = [said.title, said.author, said.summary, ...said.blocks.map(({ text }) => text)];
      return {
        words: words.filter(Boolean).join("\n"),
        shown: { text: said.title, said: entry.body } satisfies ArticleShown,
        ...(said.of && { about: said.of }),
      };
    },
    menu: (entry) => {
      const said = unlessMalformed(() => articleBodies.menu.decode(entry.body));
      return said && { words: "", shown: { text: "", said: entry.body } satisfies ArticleShown };
    },
  },

  views: {
    articles: { topics: (_: { readonly limit: number }) => topics, read: readFolder },
    article: { topics: (_: Hex) => topics, read: readArticleAt },
    account: { topics: (_: Hex) => topics, read: readAccount },
  },

  api: (context): ArticlesApi => {
    const { db } = context;
    const ownArticle = (hex: Hex) => {
      const row = readChannelEntry(db, hashIn(hex));
      // not a check: what the own screens ask for; others judge for themselves.
      if (row?.kind !== "article" || row.state !== "here") throw new ClientError("unknown-message");
      return row;
    };
    return {
      publishArticle: (account, draft) => say(context, hashIn(account), draft),
      async editArticle(hex, draft) {
        const row = ownArticle(hex);
        await say(context, row.channel, draft, articleOf(row), shownOf(latestOf(db, row)).films);
      },
      async withdrawArticle(hex) {
        const row = ownArticle(hex);
        const article = readChannelEntry(db, articleOf(row));
        for (const { hash } of readEditions(db, row.channel, articleOf(row))) await logOf(context).withdraw(hash);
        if (article?.state === "here") await logOf(context).withdraw(article.hash);
        context.changed(...topics);
      },
      async setAccountMenu(account, buttons) {
        const said = {
          buttons: buttons.map(({ words, to, article }) => ({
            words: filled(words, articleLimits.buttonWordsMax),
            ...(to !== undefined && { to }),
            ...(article !== undefined && { article: fromHex(article) }),
          })),
        };
        const body = unlessMalformed(() => articleBodies.menu.encode(said));
        // not a check: what the own screens ask for; others judge for themselves.
        if (body === undefined) throw new ClientError("not-allowed");
        await logOf(context).say(hashIn(account), { kind: "menu", body, title: "" });
        context.changed(...topics);
      },
      async searchArticles(words, limit) {
        const match = await matcherOf(words);
        return match === undefined ? { articles: [], accounts: [] } : findArticles(context.read(), match, limit);
      },
    };
  },
});
