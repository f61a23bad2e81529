/**
 * Articles of public accounts (docs/spec/articles.md), among the entries of the public log. An edition has the hash of
 * its article in `about`, and stands in its place.
 */
import type { Bytes } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { ChannelEntryRow } from "../queries/public-log.ts";

/** Where an article or an edition stands: all that lists are made of, before one of them is shown. */
export type ArticlePlace = Pick<ChannelEntryRow, "hash" | "channel" | "about" | "pack" | "seq" | "day">;

const place = "e.hash, e.channel, e.about, e.pack, e.seq, e.day";
/**
 * Articles, and of an article that is not on this device its newest edition. An edition whose article is here stands in
 * the place of that one, and one that names what is another channel's stands in none (PA5).
 */
const stands = `e.kind = 'article' AND e.state = 'here' AND (e.about = x'' OR (
  NOT EXISTS (SELECT 1 FROM channel_entries AS first WHERE first.hash = e.about)
  AND NOT EXISTS (SELECT 1 FROM channel_entries AS later INDEXED BY channel_entries_about
    WHERE later.about = e.about AND later.about <> x'' AND later.channel = e.channel AND later.kind = 'article'
      AND later.pack >= e.pack AND (later.pack > e.pack OR later.seq > e.seq) AND later.state = 'here')))`;
const byTime = "pack DESC, seq DESC, hash";

export function readArticlesOf(db: Database, channel: Bytes, limit: number): readonly ArticlePlace[] {
  return db.all(
    `SELECT ${place} FROM channel_entries AS e WHERE e.channel = ? AND ${stands} ORDER BY ${byTime} LIMIT ?`,
    channel,
    limit,
  );
}

/**
 * Of what one follows, by time: of a channel and a day the newest `dayMax`, so that no account fills the rows of the
 * others. `of_day`: how many that channel has on that day.
 */
export function readFollowedArticles(
  db: Database,
  dayMax: number,
  limit: number,
): readonly (ArticlePlace & { readonly of_day: number })[] {
  return db.all(
    `SELECT hash, channel, about, pack, seq, day, of_day FROM (
       SELECT ${place},
         row_number() OVER (PARTITION BY e.channel, e.day ORDER BY e.pack DESC, e.seq DESC) AS nth,
         count(*) OVER (PARTITION BY e.channel, e.day) AS of_day
       FROM channel_entries AS e
       WHERE e.channel IN (SELECT channel FROM channel_follows WHERE is_on = 1) AND ${stands})
     WHERE nth <= ? ORDER BY ${byTime} LIMIT ?`,
    dayMax,
    limit,
  );
}

/**
 * By time, those of what one follows or writes before those of others: each channel has as many as the others of its
 * sort, where all are too many.
 */
export function readSearchedArticles(db: Database, limit: number): readonly ArticlePlace[] {
  return db.all(
    `SELECT hash, channel, about, pack, seq, day FROM (
       SELECT ${place}, row_number() OVER (PARTITION BY e.channel ORDER BY e.pack DESC, e.seq DESC) AS nth,
         e.channel IN (SELECT channel FROM channel_follows WHERE is_on = 1 UNION SELECT id FROM channel_own) AS is_known
       FROM channel_entries AS e
       WHERE ${stands}
       ORDER BY is_known DESC, nth, ${byTime} LIMIT ?)
     ORDER BY is_known DESC, ${byTime}`,
    limit,
  );
}

/** The article that an entry is, or is an edition of: comments are below this one. */
export function articleOf({ hash, kind, about }: Pick<ChannelEntryRow, "hash" | "kind" | "about">): Bytes {
  return kind === "article" && about.length > 0 ? about : hash;
}

const editions = `FROM channel_entries AS e INDEXED BY channel_entries_about
  WHERE e.about = ? AND e.about <> x'' AND e.channel = ? AND e.kind = 'article' AND e.state = 'here'
  ORDER BY e.pack DESC, e.seq DESC`;

/** All editions that are here, the latest first, without what they show. */
export function readEditions(db: Database, channel: Bytes, article: Bytes): readonly ArticlePlace[] {
  return db.all(`SELECT ${place} ${editions}`, article, channel);
}

/** The latest edition alone: an account may have said any number of them. */
export function readLatestEdition(db: Database, channel: Bytes, article: Bytes): ChannelEntryRow | undefined {
  return db.get(`SELECT e.* ${editions} LIMIT 1`, article, channel);
}

/** What search finds an article by, as its latest edition has it. */
export function readArticleWords(db: Database, { channel, about, hash }: ArticlePlace): string {
  const row =
    db.get<{ words: string }>(`SELECT e.words ${editions} LIMIT 1`, about.length > 0 ? about : hash, channel) ??
    db.get<{ words: string }>("SELECT words FROM channel_entries WHERE hash = ?", hash);
  return row?.words ?? "";
}

/** The newest of its kind that an account said. */
export function readNewestEntryOf(db: Database, channel: Bytes, kind: string): ChannelEntryRow | undefined {
  return db.get(
    "SELECT * FROM channel_entries WHERE channel = ? AND kind = ? AND state = 'here' ORDER BY seq DESC LIMIT 1",
    channel,
    kind,
  );
}

/** Accounts that said an article, those that one follows first. */
export function readAccounts(db: Database, limit: number): readonly { readonly id: Bytes; readonly name: string }[] {
  return db.all(
    `SELECT c.id AS id, c.name AS name FROM channels AS c
     WHERE EXISTS (SELECT 1 FROM channel_entries AS e
       WHERE e.channel = c.id AND e.kind = 'article' AND e.state = 'here')
     ORDER BY EXISTS (SELECT 1 FROM channel_follows AS f WHERE f.channel = c.id AND f.is_on = 1) DESC, c.id LIMIT ?`,
    limit,
  );
}

/** Comments that the account does not show below its article. */
export function countWithheld(db: Database, channel: Bytes, article: Bytes): number {
  return (
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM channel_entries AS e
       JOIN channel_withdrawn AS w ON w.target = e.hash AND w.channel = ? AND w.what = 'hide' AND w.is_on = 1
       WHERE e.about = ? AND e.about <> x'' AND e.kind = 'comment' AND e.state = 'here'`,
      channel,
      article,
    )?.count ?? 0
  );
}
