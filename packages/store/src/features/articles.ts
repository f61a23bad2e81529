/**
 * Articles of public accounts (docs/spec/articles.md), among the entries of the public log. An edition has the hash of
 * its article in `about`, and stands in its place.
 */
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** A row of `channel_entries`. */
type EntryRow = {
  readonly hash: Bytes;
  readonly channel: Bytes;
  readonly seq: number;
  readonly kind: string;
  readonly pack: number;
  readonly day: number;
  readonly about: Bytes;
  readonly words: string;
  readonly shown: Bytes;
  readonly state: "here" | "gone" | "deleted" | "removed" | "unknown";
  readonly got_ms: UnixMs;
};

/** Articles, and editions of which the article is not on this device; @param where of which channels. */
const articlesSql = (where: string) => `
  SELECT e.* FROM channel_entries AS e WHERE ${where} AND e.kind = 'article' AND e.state = 'here'
    AND (length(e.about) = 0 OR NOT EXISTS (
      SELECT 1 FROM channel_entries AS first WHERE first.hash = e.about AND first.channel = e.channel))
  ORDER BY e.pack DESC, e.seq DESC LIMIT ?`;

export function readArticlesOf(db: Database, channel: Bytes, limit: number): readonly EntryRow[] {
  return db.all(articlesSql("e.channel = ?"), channel, limit);
}

export function readFollowedArticles(db: Database, limit: number): readonly EntryRow[] {
  return db.all(articlesSql("e.channel IN (SELECT channel FROM channel_follows WHERE is_on = 1)"), limit);
}

/** The latest is the first. */
export function readEditions(db: Database, channel: Bytes, article: Bytes): readonly EntryRow[] {
  return db.all(
    `SELECT * FROM channel_entries WHERE about = ? AND channel = ? AND kind = 'article' AND state = 'here'
     ORDER BY seq DESC`,
    article,
    channel,
  );
}

/** The newest of its kind that an account said. */
export function readNewestEntryOf(db: Database, channel: Bytes, kind: string): EntryRow | undefined {
  return db.get(
    "SELECT * FROM channel_entries WHERE channel = ? AND kind = ? AND state = 'here' ORDER BY seq DESC LIMIT 1",
    channel,
    kind,
  );
}

/** Accounts that said an article, by their names. */
export function readAccounts(
  db: Database,
  limit: number,
): readonly { readonly id: Bytes; readonly articles: number }[] {
  return db.all(
    `SELECT c.id AS id, count(*) AS articles FROM channels AS c
     JOIN channel_entries AS e ON e.channel = c.id AND e.kind = 'article' AND e.state = 'here'
     GROUP BY c.id ORDER BY articles DESC, c.id LIMIT ?`,
    limit,
  );
}

/** Comments that the account does not show below its article. */
export function countWithheld(db: Database, channel: Bytes, article: Bytes): number {
  return (
    db.get<{ count: number }>(
      `SELECT count(*) AS count FROM channel_entries AS e
       JOIN channel_withdrawn AS w ON w.target = e.hash AND w.channel = ? AND w.what = 'hide' AND w.is_on = 1
       WHERE e.about = ? AND e.kind = 'comment' AND e.state = 'here'`,
      channel,
      article,
    )?.count ?? 0
  );
}
