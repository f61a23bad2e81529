/** What screens see of public accounts (types.ts), read from the entries of the public log. */
import {
  type ChannelEntryRow,
  countChannelComments,
  countWithheld,
  type Database,
  isChannelFollowed,
  readAccounts,
  readArticlesOf,
  readChannel,
  readChannelDecision,
  readChannelEntriesOf,
  readChannelEntry,
  readChannelOwn,
  readChannelOwnOf,
  readChannelPuts,
  readEditions,
  readFollowedArticles,
  readNewestEntryOf,
} from "@yanshu/store";
import {
  type ArticleBody,
  articleBodies,
  type Bytes,
  channelBodies,
  equalBytes,
  type FilmRef,
  toHex,
} from "@yanshu/wire";
import { type Hex, idFrom, type ReadContext, type Snippet, unpack } from "../../feature.ts";
import type { AccountRef, AccountView, ArticlePicture, ArticleRow, ArticlesView, ArticleView } from "./types.ts";

const articlesMax = 300;
const searchedMax = 5_000;
/** So many articles of one account stand in the folder on a day (PA6). */
const dayMax = 8;

/** What the reader of an entry keeps of it, beside its files and its day. `said`: its body. */
export type ArticleShown = { readonly text: string; readonly said: Bytes };
type Kept = ArticleShown & { readonly films: readonly FilmRef[]; readonly day: number };

export function shownOf(row: ChannelEntryRow): { readonly films: readonly FilmRef[]; readonly said: ArticleBody } {
  const { films, said } = unpack<Kept>(row.shown);
  return { films, said: articleBodies.article.decode(said) };
}

/** The latest is the first; the article itself is the last. */
export function editionsOf(db: Database, article: ChannelEntryRow): readonly ChannelEntryRow[] {
  return [...readEditions(db, article.channel, article.hash), article];
}

function refOf(db: Database, id: Bytes): AccountRef {
  const row = readChannel(db, id);
  const isMine = readChannelOwnOf(db, id) !== undefined;
  return {
    id: toHex(id),
    name: (isMine ? waitingName(db, id) : undefined) ?? row?.name ?? "",
    ...(row && row.picture.length > 0 && { picture: toHex(row.picture) }),
    isFollowed: isChannelFollowed(db, id),
    isMine,
  };
}

/** What an own account is called from now on, and no pack says yet. */
function waitingName(db: Database, id: Bytes): string | undefined {
  const isIt = ({ kind, state, channel }: { kind: string; state: string; channel: Bytes }) =>
    kind === "profile" && state !== "failed" && equalBytes(channel, id);
  const waiting = readChannelPuts(db).findLast(isIt);
  return waiting && channelBodies.profile.decode(waiting.body).name;
}

function pictureOf({ hash, bytes, mime, width, height }: FilmRef): ArticlePicture {
  return { hash: toHex(hash), bytes, mime, width, height };
}

/** An article as its latest edition has it. */
function rowOf(db: Database, article: ChannelEntryRow): ArticleRow {
  const { films, said } = shownOf(editionsOf(db, article)[0] ?? article);
  const cover = said.cover === undefined ? undefined : films[said.cover];
  return {
    entry: toHex(article.hash),
    account: refOf(db, article.channel),
    title: said.title,
    summary: said.summary ?? beginningOf(said),
    ...(cover && { cover: pictureOf(cover) }),
    day: article.day,
  };
}

const beginningMax = 80;
function beginningOf({ blocks }: ArticleBody): string {
  const first = blocks.find(({ is, text }) => is === "text" && text.trim() !== "");
  return first === undefined ? "" : first.text.slice(0, beginningMax).toWellFormed();
}

export function readFolder({ database: db }: ReadContext, { limit }: { readonly limit: number }): ArticlesView {
  const most = Math.min(Math.max(1, limit), articlesMax);
  const all = readFollowedArticles(db, most + 1);
  const counts = new Map<string, { readonly row: ChannelEntryRow; count: number }>();
  const shown = all.slice(0, most).filter((row) => {
    const key = `${toHex(row.channel)} ${row.day}`;
    const held = counts.get(key);
    if (held === undefined) counts.set(key, { row, count: 1 });
    else held.count++;
    return (held?.count ?? 1) <= dayMax;
  });
  return {
    articles: shown.map((row) => rowOf(db, row)),
    folded: [...counts.values()]
      .filter(({ count }) => count > dayMax)
      .map(({ row, count }) => ({ account: refOf(db, row.channel), day: row.day, count: count - dayMax })),
    hasMore: all.length > most,
    mine: readChannelOwn(db).map(({ id }) => refOf(db, id)),
  };
}

function entryAt(db: Database, hex: Hex): ChannelEntryRow | undefined {
  const hash = idFrom(hex);
  const row = hash && readChannelEntry(db, hash);
  return row?.kind === "article" && row.state === "here" ? row : undefined;
}

/** Also by the hash of an edition. */
export function readArticleAt({ database: db }: ReadContext, hex: Hex): ArticleView | undefined {
  const found = entryAt(db, hex);
  if (found === undefined) return undefined;
  const first = found.about.length > 0 ? entryAt(db, toHex(found.about)) : undefined;
  const article = first !== undefined && equalBytes(first.channel, found.channel) ? first : found;
  const [latest = article] = editionsOf(db, article);
  const { films, said } = shownOf(latest);
  const decision = readChannelDecision(db, latest.hash);
  const pictures = films.map(pictureOf);
  return {
    ...rowOf(db, article),
    author: said.author ?? "",
    blocks: said.blocks.map(({ is, text, spans = [], picture }) => {
      const shown = picture === undefined ? undefined : pictures[picture];
      return { is, text, spans, ...(shown && { picture: shown }) };
    }),
    pictures,
    ...(latest !== article && { editedDay: latest.day }),
    comments: countChannelComments(db, article.hash),
    withheld: countWithheld(db, article.channel, article.hash),
    ...(decision?.action === "label" && { label: { reason: decision.reason, appeal: decision.appeal } }),
  };
}

export function readAccount({ database: db }: ReadContext, hex: Hex): AccountView | undefined {
  const id = idFrom(hex);
  const row = id && readChannel(db, id);
  if (id === undefined || (row === undefined && readChannelOwnOf(db, id) === undefined)) return undefined;
  const menu = readNewestEntryOf(db, id, "menu");
  const puts = readChannelPuts(db).filter(({ kind, channel }) => kind === "article" && equalBytes(channel, id));
  return {
    ...refOf(db, id),
    about: row?.about ?? "",
    articles: readArticlesOf(db, id, articlesMax).map((one) => rowOf(db, one)),
    gaps: readChannelEntriesOf(db, id, ["article", ""], articlesMax).flatMap(({ state, seq, hash, about }) => {
      if (state === "here" || about.length > 0) return [];
      const decision = readChannelDecision(db, hash);
      return [{ seq, why: state, ...(decision && { reason: decision.reason, appeal: decision.appeal }) }];
    }),
    menu:
      menu === undefined
        ? []
        : articleBodies.menu.decode(unpack<Kept>(menu.shown).said).buttons.map(({ words, to, article }) => ({
            words,
            ...(to !== undefined && { to }),
            ...(article !== undefined && { article: toHex(article) }),
          })),
    waiting: puts.map(({ title, state }) => ({
      title,
      state: state === "said" || state === "failed" ? state : "sending",
    })),
  };
}

export function findArticles(
  { database: db }: ReadContext,
  match: (text: string) => Snippet | undefined,
  limit: number,
): { readonly articles: readonly ArticleRow[]; readonly accounts: readonly AccountRef[] } {
  const most = Math.min(Math.max(1, limit), articlesMax);
  const accounts = readAccounts(db, searchedMax).map(({ id }) => id);
  const articles: ArticleRow[] = [];
  for (const id of accounts)
    for (const row of readArticlesOf(db, id, articlesMax)) {
      if (articles.length >= most) break;
      const [latest = row] = editionsOf(db, row);
      if (match(latest.words) !== undefined) articles.push(rowOf(db, row));
    }
  return {
    articles,
    accounts: accounts
      .map((id) => refOf(db, id))
      .filter(({ name }) => match(name) !== undefined)
      .slice(0, most),
  };
}
