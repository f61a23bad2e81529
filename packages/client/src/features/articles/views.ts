/** What screens see of public accounts (types.ts), read from the entries of the public log. */
import {
  type ArticlePlace,
  articleOf,
  type ChannelEntryRow,
  countChannelComments,
  countWithheld,
  type Database,
  readAccounts,
  readArticlesOf,
  readArticleWords,
  readChannel,
  readChannelDecision,
  readChannelEntriesOf,
  readChannelEntry,
  readChannelOwnOf,
  readChannelPuts,
  readFollowedArticles,
  readLatestEdition,
  readNewestEntryOf,
  readSearchedArticles,
} from "@yanshu/store";
import { type ArticleBody, articleBodies, type Bytes, equalBytes, type FilmRef, toHex } from "@yanshu/wire";
import { type Hex, idFrom, type ReadContext, type Snippet, unpack } from "../../feature.ts";
import { domainOf } from "../../values/channel-domain.ts";
import { channelRef, fileOf, ownChannels } from "../../values/public-log.ts";
import type { AccountRef, AccountView, ArticleRow, ArticlesView, ArticleView } from "./types.ts";

const articlesMax = 300;
/** Through so many articles, and names of accounts, goes what is typed into the search (PA6). */
const searchedMax = 1_000;
const accountsMax = 5_000;
/** So many articles of one account stand in the folder on a day (PA6). */
const dayMax = 8;

/** What the reader of an entry keeps of it, beside its files and its day. `said`: its body. */
export type ArticleShown = { readonly text: string; readonly said: Bytes };
type Kept = ArticleShown & { readonly films: readonly FilmRef[]; readonly day: number };

export function shownOf(row: ChannelEntryRow): { readonly films: readonly FilmRef[]; readonly said: ArticleBody } {
  const { films, said } = unpack<Kept>(row.shown);
  return { films, said: articleBodies.article.decode(said) };
}

/** As its latest edition has it; @param row the article or one of its editions. */
export function latestOf(db: Database, row: ChannelEntryRow): ChannelEntryRow {
  return readLatestEdition(db, row.channel, articleOf(row)) ?? row;
}

/** A row of a list, as its latest edition has it; @param accounts those that were read for this list. */
function rowsOf(db: Database, places: readonly ArticlePlace[], accounts = new Map<Hex, AccountRef>()): ArticleRow[] {
  return places.flatMap((at) => {
    const article = at.about.length > 0 ? at.about : at.hash;
    const latest = readLatestEdition(db, at.channel, article) ?? readChannelEntry(db, at.hash);
    return latest === undefined ? [] : [rowOf(at, latest, accountIn(db, at.channel, accounts))];
  });
}

function accountIn(db: Database, channel: Bytes, accounts: Map<Hex, AccountRef>): AccountRef {
  const id = toHex(channel);
  const ref = accounts.get(id) ?? channelRef(db, channel);
  accounts.set(id, ref);
  return ref;
}

function rowOf(
  { hash, day }: Pick<ArticlePlace, "hash" | "day">,
  latest: ChannelEntryRow,
  account: AccountRef,
): ArticleRow {
  const { films, said } = shownOf(latest);
  const cover = said.cover === undefined ? undefined : films[said.cover];
  return {
    entry: toHex(hash),
    account,
    title: said.title,
    summary: said.summary ?? beginningOf(said),
    ...(cover && { cover: fileOf(cover) }),
    day,
  };
}

const beginningMax = 80;
function beginningOf({ blocks }: ArticleBody): string {
  const first = blocks.find(({ is, text }) => is === "text" && text.trim() !== "");
  return first === undefined ? "" : first.text.slice(0, beginningMax).toWellFormed();
}

export function readFolder({ database: db }: ReadContext, { limit }: { readonly limit: number }): ArticlesView {
  const most = Math.min(Math.max(1, limit), articlesMax);
  const shown = readFollowedArticles(db, dayMax, most);
  const accounts = new Map<Hex, AccountRef>();
  const days = new Map(shown.map((row) => [`${toHex(row.channel)} ${row.day}`, row]));
  return {
    articles: rowsOf(db, shown, accounts),
    folded: [...days.values()]
      .filter((row) => row.of_day > dayMax)
      .map(({ channel, day, of_day }) => ({
        account: accountIn(db, channel, accounts),
        day,
        count: of_day - dayMax,
      })),
    mine: ownChannels(db).map(({ id }) => channelRef(db, id)),
  };
}

function entryAt(db: Database, hex: Hex): ChannelEntryRow | undefined {
  const hash = idFrom(hex);
  const row = hash && readChannelEntry(db, hash);
  return row?.kind === "article" && row.state === "here" ? row : undefined;
}

/**
 * The article that an entry is or is an edition of, as far as it is here. Undefined where it stands in no place: its
 * article was withdrawn, or is another channel's.
 */
function articleAt(db: Database, found: ChannelEntryRow): ChannelEntryRow | undefined {
  if (found.about.length === 0) return found;
  const first = readChannelEntry(db, found.about);
  if (first === undefined) return found;
  return first.kind === "article" && first.state === "here" && equalBytes(first.channel, found.channel)
    ? first
    : undefined;
}

/** Also by the hash of an edition. */
export function readArticleAt({ database: db }: ReadContext, hex: Hex): ArticleView | undefined {
  const found = entryAt(db, hex);
  const article = found && articleAt(db, found);
  if (article === undefined) return undefined;
  const latest = latestOf(db, article);
  const { films, said } = shownOf(latest);
  const decision = readChannelDecision(db, latest.hash);
  const pictures = films.map(fileOf);
  return {
    ...rowOf(article, latest, channelRef(db, article.channel)),
    author: said.author ?? "",
    blocks: said.blocks.map(({ is, text, spans = [], picture }) => {
      const shown = picture === undefined ? undefined : pictures[picture];
      return { is, text, spans, ...(shown && { picture: shown }) };
    }),
    pictures,
    ...(latest.about.length > 0 && { editedDay: latest.day }),
    comments: countChannelComments(db, articleOf(article)),
    withheld: countWithheld(db, article.channel, articleOf(article)),
    ...(decision?.action === "label" && { label: { reason: decision.reason, appeal: decision.appeal } }),
  };
}

export function readAccount(read: ReadContext, hex: Hex): AccountView | undefined {
  const { database: db } = read;
  const id = idFrom(hex);
  const row = id && readChannel(db, id);
  if (id === undefined || (row === undefined && readChannelOwnOf(db, id).length === 0)) return undefined;
  const menu = readNewestEntryOf(db, id, "menu");
  const puts = readChannelPuts(db).filter(({ kind, channel }) => kind === "article" && equalBytes(channel, id));
  return {
    ...channelRef(db, id),
    about: row?.about ?? "",
    ...domainOf(read, id),
    articles: rowsOf(db, readArticlesOf(db, id, articlesMax)),
    gaps: readChannelEntriesOf(db, id, ["article", ""], articlesMax).flatMap(({ state, seq, hash, about }) => {
      // The editions of an article that its author withdrew are no places of their own: it has one.
      if (state === "here" || (about.length > 0 && state === "deleted")) return [];
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
  const found: ArticlePlace[] = [];
  for (const place of readSearchedArticles(db, searchedMax)) {
    if (found.length >= most) break;
    if (match(readArticleWords(db, place)) !== undefined) found.push(place);
  }
  const nameOf = ({ id, name }: { readonly id: Bytes; readonly name: string }) =>
    readChannelOwnOf(db, id).length === 0 ? name : channelRef(db, id).name;
  const accounts = readAccounts(db, accountsMax).filter((one) => match(nameOf(one)) !== undefined);
  return { articles: rowsOf(db, found), accounts: accounts.slice(0, most).map(({ id }) => channelRef(db, id)) };
}
