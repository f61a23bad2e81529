/** Channels of which packs told, their entries, and what became of these (docs/spec/channels.md CH1–CH10). */
import type { Bytes } from "@yanshu/wire";
import type { Database } from "../../database.ts";
import type { ChannelEntryRow } from "../../queries/public-log.ts";
import type { ChannelPackRow } from "./packs.ts";

export type ChannelRow = {
  readonly id: Bytes;
  readonly authors: Bytes;
  readonly seq: number;
  readonly head: Bytes;
  readonly name: string;
  readonly about: string;
  readonly picture: Bytes;
  readonly pins: Bytes;
  /** Names of homes, one a line. */
  readonly mirrors: string;
  /** That its author says it is the own one of; empty: none. */
  readonly domain: string;
};
export type ChannelDomainRow = {
  readonly channel: Bytes;
  readonly domain: string;
  readonly is_own: number;
  readonly at_ms: number;
};
export type ChannelDecisionRow = {
  readonly target: Bytes;
  readonly action: "remove" | "label" | "restore";
  readonly reason: string;
  readonly appeal: string;
};

export function readChannel(db: Database, id: Bytes): ChannelRow | undefined {
  return db.get("SELECT * FROM channels WHERE id = ?", id);
}

export function writeChannelHead(db: Database, id: Bytes, authors: Bytes, seq: number, head: Bytes): void {
  db.run(
    `INSERT INTO channels (id, authors, seq, head) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET authors = excluded.authors, seq = excluded.seq, head = excluded.head`,
    id,
    authors,
    seq,
    head,
  );
}

/** The later word of the channel holds. */
export function writeChannelProfile(
  db: Database,
  id: Bytes,
  seq: number,
  { name, about, picture, mirrors, domain }: Pick<ChannelRow, "name" | "about" | "picture" | "mirrors" | "domain">,
): void {
  db.run(
    `UPDATE channels SET name = ?1, about = ?2, picture = ?3, profile_seq = ?5, mirrors = ?6, domain = ?7
     WHERE id = ?4 AND profile_seq < ?5`,
    name,
    about,
    picture,
    id,
    seq,
    mirrors,
    domain,
  );
}

/** What that domain said last of this channel. */
export function readChannelDomain(db: Database, channel: Bytes, domain: string): ChannelDomainRow | undefined {
  return db.get("SELECT * FROM channel_domains WHERE channel = ? AND domain = ?", channel, domain);
}

export function writeChannelDomain(db: Database, { channel, domain, is_own, at_ms }: ChannelDomainRow): void {
  db.run(
    `INSERT INTO channel_domains (channel, domain, is_own, at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (channel) DO UPDATE SET domain = excluded.domain, is_own = excluded.is_own, at_ms = excluded.at_ms`,
    channel,
    domain,
    is_own,
    at_ms,
  );
}

/** Names of homes that keep a channel, one a line, of each channel that names some. */
export function readChannelMirrors(db: Database): readonly string[] {
  return db.all<{ mirrors: string }>("SELECT mirrors FROM channels WHERE mirrors <> ''").map(({ mirrors }) => mirrors);
}

/** A place that was empty has its entry now: who may sign, where no later entry said so. */
export function setChannelAuthors(db: Database, id: Bytes, authors: Bytes, seq: number): void {
  db.run(
    `UPDATE channels SET authors = ?2 WHERE id = ?1 AND NOT EXISTS
     (SELECT 1 FROM channel_entries WHERE channel = ?1 AND kind = 'authors' AND seq > ?3)`,
    id,
    authors,
    seq,
  );
}

/** The later word of the channel holds. */
export function writeChannelPins(db: Database, id: Bytes, seq: number, pins: Bytes): void {
  db.run("UPDATE channels SET pins = ?1, pins_seq = ?3 WHERE id = ?2 AND pins_seq < ?3", pins, id, seq);
}

/** A place that home gave to another channel: the entry itself says whose it is. */
export function dropChannelBlank(db: Database, hash: Bytes): void {
  db.run("DELETE FROM channel_entries WHERE hash = ? AND kind = ''", hash);
}

/** A place that is held already stays as it is. Returns whether it was new. */
export function addChannelEntry(db: Database, row: ChannelEntryRow): boolean {
  return (
    db.run(
      `INSERT INTO channel_entries (hash, channel, seq, kind, pack, day, about, words, shown, state, got_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`,
      row.hash,
      row.channel,
      row.seq,
      row.kind,
      row.pack,
      row.day,
      row.about,
      row.words,
      row.shown,
      row.state,
      row.got_ms,
    ) > 0
  );
}

export function readChannelEntry(db: Database, hash: Bytes): ChannelEntryRow | undefined {
  return db.get("SELECT * FROM channel_entries WHERE hash = ?", hash);
}

/** What it showed goes with it; its place stays. */
export function setChannelEntryState(db: Database, hash: Bytes, state: ChannelEntryRow["state"]): void {
  const forgets = state === "deleted" || state === "removed" || state === "gone";
  db.run(
    `UPDATE channel_entries SET state = ?${forgets ? ", words = '', shown = x''" : ""} WHERE hash = ?`,
    state,
    hash,
  );
  if (forgets) db.run("DELETE FROM channel_tags WHERE entry = ?", hash);
}

export function addChannelTag(db: Database, tag: string, entry: Bytes): void {
  db.run("INSERT INTO channel_tags (tag, entry) VALUES (?, ?) ON CONFLICT DO NOTHING", tag, entry);
}

/** Hashtags of what is here, the most frequent first. */
export function readChannelTags(
  db: Database,
  limit: number,
): readonly { readonly tag: string; readonly films: number }[] {
  return db.all("SELECT tag, count(*) AS films FROM channel_tags GROUP BY tag ORDER BY films DESC, tag LIMIT ?", limit);
}

/** Films and pictures that are here, published at or after a day, the newest first. */
export function readChannelFilms(db: Database, sinceDay: number, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT * FROM channel_entries WHERE kind IN ('film', 'pictures') AND state = 'here' AND day >= ?
     ORDER BY pack DESC, hash LIMIT ?`,
    sinceDay,
    limit,
  );
}

export function readChannelEntriesOf(
  db: Database,
  channel: Bytes,
  kinds: readonly string[],
  limit: number,
): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT * FROM channel_entries WHERE channel = ? AND kind IN (${kinds.map(() => "?").join(", ")})
     ORDER BY pack DESC, seq DESC LIMIT ?`,
    channel,
    ...kinds,
    limit,
  );
}

export function readFollowedFilms(db: Database, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT e.* FROM channel_follows AS f JOIN channel_entries AS e ON e.channel = f.channel
     WHERE f.is_on = 1 AND e.kind IN ('film', 'pictures') AND e.state = 'here'
     ORDER BY e.pack DESC, e.seq DESC LIMIT ?`,
    limit,
  );
}

/** What contacts like, the latest like first. */
export function readFriendsFilms(db: Database, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT e.* FROM (SELECT l.entry, max(l.stamp_ms) AS at FROM channel_friend_likes AS l
       JOIN contacts AS c ON c.account = l.account AND c.state = 'contact'
       WHERE l.is_on = 1 GROUP BY l.entry) AS l
     JOIN channel_entries AS e ON e.hash = l.entry
     WHERE e.kind IN ('film', 'pictures') AND e.state = 'here' ORDER BY l.at DESC LIMIT ?`,
    limit,
  );
}

/** What this person keeps and is here, the latest kept first. */
export function readSavedFilms(db: Database, limit: number): readonly ChannelEntryRow[] {
  return db.all(
    `SELECT e.* FROM channel_saves AS s JOIN channel_entries AS e ON e.hash = s.entry
     WHERE s.is_on = 1 AND e.kind IN ('film', 'pictures') AND e.state = 'here' ORDER BY s.stamp_ms DESC LIMIT ?`,
    limit,
  );
}

/** Entries that comment this film, the newest of them, in the order in which they were published. */
export function readChannelComments(db: Database, film: Bytes, limit: number): readonly ChannelEntryRow[] {
  return db
    .all<ChannelEntryRow>(
      `SELECT * FROM channel_entries WHERE about = ? AND about <> x'' AND kind = 'comment' AND state = 'here'
       ORDER BY pack DESC, got_ms DESC, hash DESC LIMIT ?`,
      film,
      limit,
    )
    .toReversed();
}

/** Comments that home removed after they were read here, the newest first. */
export function readRemovedComments(
  db: Database,
  film: Bytes,
  limit: number,
): readonly Pick<ChannelEntryRow, "hash" | "channel">[] {
  return db.all(
    `SELECT hash, channel FROM channel_entries
     WHERE about = ? AND about <> x'' AND kind = 'comment' AND state = 'removed'
     ORDER BY pack DESC, hash DESC LIMIT ?`,
    film,
    limit,
  );
}

export function countChannelComments(db: Database, film: Bytes): number {
  return (
    db.get<{ count: number }>(
      "SELECT count(*) AS count FROM channel_entries WHERE about = ? AND about <> x'' AND kind = 'comment' AND state = 'here'",
      film,
    )?.count ?? 0
  );
}

/** What a page of this pack may have: as it was when home published it. */
export function readOfferedFilms(
  db: Database,
  { n, day }: ChannelPackRow,
  days: number,
): readonly Pick<ChannelEntryRow, "hash" | "channel" | "pack" | "day">[] {
  return db.all(
    `SELECT hash, channel, pack, day FROM channel_entries AS e
     WHERE kind IN ('film', 'pictures') AND pack <= ?1 AND day > ?2
       AND NOT EXISTS (SELECT 1 FROM channel_withdrawn AS w
         WHERE w.target = e.hash AND w.channel = e.channel AND w.what = 'delete' AND w.pack <= ?1)
       AND ifnull((SELECT action FROM channel_decisions AS d WHERE d.target = e.hash AND d.pack <= ?1
         ORDER BY d.pack DESC, d.place DESC LIMIT 1), '') <> 'remove'`,
    n,
    day - days,
  );
}

/** Packs with places where nothing stands and that nothing explains yet. */
export function readChannelBlankPacks(db: Database): readonly number[] {
  return db
    .all<{ pack: number }>("SELECT DISTINCT pack FROM channel_entries WHERE state = 'gone' ORDER BY pack")
    .map(({ pack }) => pack);
}

/** Such places of one pack. */
export function readChannelBlanks(
  db: Database,
  pack: number,
  limit: number,
): readonly Pick<ChannelEntryRow, "channel" | "seq">[] {
  return db.all("SELECT channel, seq FROM channel_entries WHERE state = 'gone' AND pack = ? LIMIT ?", pack, limit);
}

export function addChannelCount(db: Database, entry: Bytes, pack: number, likes: number, views: number): void {
  db.run(
    `INSERT INTO channel_counts (entry, pack, likes, views) VALUES (?, ?, ?, ?)
     ON CONFLICT (entry, pack) DO UPDATE SET likes = excluded.likes, views = excluded.views`,
    entry,
    pack,
    likes,
    views,
  );
}

/** As the packs up to this one told. */
export function readChannelCount(
  db: Database,
  entry: Bytes,
  upTo: number = Number.MAX_SAFE_INTEGER,
): { readonly likes: number; readonly views: number } {
  return (
    db.get(
      "SELECT likes, views FROM channel_counts WHERE entry = ? AND pack <= ? ORDER BY pack DESC LIMIT 1",
      entry,
      upTo,
    ) ?? { likes: 0, views: 0 }
  );
}

/** What was so before a pack stays only where nothing else was told up to it. */
export function dropOldChannelCounts(db: Database, before: number): void {
  db.run(
    `DELETE FROM channel_counts WHERE pack < ?1 AND EXISTS (SELECT 1 FROM channel_counts AS later
       WHERE later.entry = channel_counts.entry AND later.pack > channel_counts.pack AND later.pack <= ?1)`,
    before,
  );
}

export function addChannelDecision(db: Database, pack: number, place: number, decision: ChannelDecisionRow): void {
  db.run(
    `INSERT INTO channel_decisions (pack, place, target, action, reason, appeal) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (pack, place) DO NOTHING`,
    pack,
    place,
    decision.target,
    decision.action,
    decision.reason,
    decision.appeal,
  );
}

/** The latest that home did with it. */
export function readChannelDecision(
  db: Database,
  target: Bytes,
  upTo: number = Number.MAX_SAFE_INTEGER,
): ChannelDecisionRow | undefined {
  return db.get(
    `SELECT target, action, reason, appeal FROM channel_decisions WHERE target = ? AND pack <= ?
     ORDER BY pack DESC, place DESC LIMIT 1`,
    target,
    upTo,
  );
}

/** The later word of the channel holds. */
export function writeChannelWithdrawn(
  db: Database,
  target: Bytes,
  channel: Bytes,
  what: "delete" | "hide",
  isOn: boolean,
  { seq, pack }: { readonly seq: number; readonly pack: number },
): void {
  db.run(
    `INSERT INTO channel_withdrawn (target, channel, what, is_on, seq, pack) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (target, channel, what) DO UPDATE
     SET is_on = excluded.is_on, seq = excluded.seq, pack = excluded.pack WHERE excluded.seq > channel_withdrawn.seq`,
    target,
    channel,
    what,
    isOn ? 1 : 0,
    seq,
    pack,
  );
}

export function isChannelWithdrawn(db: Database, target: Bytes, channel: Bytes, what: "delete" | "hide"): boolean {
  return (
    db.get<{ is_on: number }>(
      "SELECT is_on FROM channel_withdrawn WHERE target = ? AND channel = ? AND what = ?",
      target,
      channel,
      what,
    )?.is_on === 1
  );
}
