/** What screens see of Moments (types.ts), read from the store. Nothing here writes. */
import { decodeAudience, decodeMomentBody, type MomentBody, type MomentPicture } from "@yanshu/content";
import {
  type Database,
  type MomentFriendRow,
  type MomentRow,
  type MomentWordRow,
  readMoment,
  readMomentFriend,
  readMomentSettings,
  readMomentWordsOn,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, fromHex, idBytes, toHex } from "@yanshu/wire";
import type { FeatureContext, Hex, PeopleReader, ReadContext, Snippet } from "../../feature.ts";
import { keptUntilWritten } from "./kept.ts";
import { areTokensSpent } from "./tokens-spent.ts";
import type {
  MomentAudience,
  MomentComment,
  MomentGapView,
  MomentHit,
  MomentPerson,
  MomentPictureView,
  MomentPlace,
  MomentRange,
  MomentStatusesView,
  MomentStatusView,
  MomentsFeedView,
  MomentsNewsItem,
  MomentsNewsView,
  MomentsPageView,
  MomentsSettingsView,
  MomentsWindow,
  MomentsWithView,
  MomentView,
} from "./types.ts";
import { dayMs, dayOf } from "./values.ts";

const pageMax = 200;
const newsMax = 100;

/** What of the looking a feed tells. */
export type Looking = Pick<MomentsFeedView, "lookedMs" | "isLooking" | "away">;

type Reader = {
  readonly read: ReadContext;
  readonly own: Hex;
  readonly people: PeopleReader;
  /** Contacts whose words are shown, in hex; and this person. */
  readonly friends: Pick<ReadonlySet<Hex>, "has">;
  readonly pins: ReadonlySet<Hex>;
};

function readerOf(read: ReadContext): Reader | undefined {
  if (read.own === undefined) return undefined;
  const own = toHex(read.own.account);
  const friends = friendsIn(read.database, own);
  const pins = new Set((coverOf(read.database, read.own.account)?.body.pins ?? []).map(toHex));
  return { read, own, people: read.peopleIn(), friends, pins };
}

/** Looked up one by one: a page has words of a few, and there may be thousands. */
function friendsIn(db: Database, own: Hex): Reader["friends"] {
  const known = new Map([[own, true]]);
  return {
    has: (account) => {
      const sql = "SELECT 1 FROM contacts WHERE account = ? AND state = 'contact'";
      const isFriend = known.get(account) ?? db.get(sql, fromHex(account)) !== undefined;
      known.set(account, isFriend);
      return isFriend;
    },
  };
}

function personOf(people: PeopleReader, account: Hex): MomentPerson {
  return { ...people.ref(account), face: people.get(account).face };
}

export function bodyOf(row: Pick<MomentRow, "signed">): MomentBody | undefined {
  return row.signed.length <= 64 ? undefined : decodeMomentBody(row.signed.subarray(64));
}

function pictureOf(read: ReadContext, { blob, type, width, height, placeholder }: MomentPicture): MomentPictureView {
  return { type, width, height, placeholder, file: read.fileOf(blob) };
}

/** Pictures with their previews, as far as these stand within their file. */
function picturesOf(read: ReadContext, { pictures, previews }: MomentBody): readonly MomentPictureView[] {
  const file = previews && read.fileOf(previews.blob);
  let from = 0;
  return pictures.map((one, place) => {
    const shown = pictureOf(read, one);
    const bytes = previews?.bytes[place] ?? 0;
    const at = from;
    from += bytes;
    if (file === undefined || previews === undefined || bytes === 0 || from > previews.blob.bytes) return shown;
    return { ...shown, preview: { ...file, type: previews.type, from: at, bytes } };
  });
}

const millionths = 1_000_000;
export function placeOf({ name, fromSouth, fromWest }: NonNullable<MomentBody["place"]>): MomentPlace {
  if (fromSouth === undefined || fromWest === undefined) return { name };
  return { name, lat: fromSouth / millionths - 90, lon: fromWest / millionths - 180 };
}

function audienceOf(stored: Bytes | null): MomentAudience {
  const audience = stored && decodeAudience(stored);
  if (!audience) return { who: "all" };
  const { who, tags, people } = audience;
  return {
    who,
    ...(tags.length > 0 && { tags }),
    ...(people.length > 0 && { people: people.map(toHex) }),
  };
}

/**
 * A post as it was read: of which rows, and `of` what else (MO97). One that stays as it is stays the same object, so
 * that whoever compares views need not look into it.
 */
type PostRead = {
  readonly of: string;
  readonly row: MomentRow;
  readonly words: readonly MomentWordRow[];
  readonly view: MomentView | undefined;
};

/** Of each store, those that were read last. */
const postsRead = new WeakMap<Database, Map<Hex, PostRead>>();
const postsReadMax = 512;

/** Posts are put together anew only where they, what was said on them, or names, friends and files changed. */
function viewsOf(reader: Reader, rows: readonly MomentRow[]): readonly MomentView[] {
  const { read, own, pins } = reader;
  const { database } = read;
  const kept = postsRead.get(database) ?? new Map<Hex, PostRead>();
  postsRead.set(database, kept);
  const of = [database.written("people", "contacts", "blobs"), areTokensSpent(database), own, [...pins]].join();
  const said = wordsOn(
    database,
    rows.map(({ id }) => id),
  );
  return rows.flatMap((row) => {
    const id = toHex(row.id);
    const words = said.get(id) ?? [];
    const before = kept.get(id);
    const isAsBefore = before !== undefined && isAlike(row, before.row) && isAlike(words, before.words);
    const view = isAsBefore && before.of === of ? before.view : frozen(viewOf(reader, row, words));
    // What else changed may be no matter of this post.
    const shown = isAsBefore && before.of !== of && isAlike(before.view, view) ? before.view : view;
    kept.delete(id);
    kept.set(id, { of, row, words, view: shown });
    const [oldest] = kept.keys();
    if (kept.size > postsReadMax && oldest !== undefined) kept.delete(oldest);
    return shown ?? [];
  });
}

const wordsRead = new WeakMap<Database, Held<readonly MomentWordRow[]>>();

/** What is said on each of these posts: read again once any word is written, and not for another post (MO145). */
function wordsOn(database: Database, posts: readonly Bytes[]): ReadonlyMap<Hex, readonly MomentWordRow[]> {
  const held = heldOf(wordsRead, database, `${database.written("moment_words")}`);
  const missing = posts.filter((id) => !held.read.has(toHex(id)));
  const found = Map.groupBy(readMomentWordsOn(database, missing), ({ post }) => toHex(post));
  const all = new Map(
    posts.map(toHex).map((id) => [id, held.read.get(id) ?? found.get(id) ?? ([] as readonly MomentWordRow[])]),
  );
  for (const [id, words] of all) heldAs(held, id, () => words, postsReadMax);
  return all;
}

function frozen(view: MomentView | undefined): MomentView | undefined {
  return view && Object.freeze(view);
}

type Fields = Readonly<Record<string, unknown>>;

/** The same, however deep one looks. */
function isAlike(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (one instanceof Uint8Array) return other instanceof Uint8Array && equalBytes(one, other);
  const [fields, others] = [one as Fields, other as Fields];
  const names = Object.keys(fields);
  return names.length === Object.keys(others).length && names.every((name) => isAlike(fields[name], others[name]));
}

function viewOf(reader: Reader, row: MomentRow, said: readonly MomentWordRow[]): MomentView | undefined {
  const { read, people, own, friends } = reader;
  const body = bodyOf(row);
  if (body === undefined) return undefined;
  const words = said.filter(({ state, author }) => state !== "gone" && friends.has(toHex(author)));
  people.load([toHex(row.author), ...words.map(({ author }) => toHex(author))]);
  const isMine = toHex(row.author) === own;
  const likes = likesOf(words);
  return {
    id: toHex(row.id),
    author: personOf(people, toHex(row.author)),
    atMs: row.at_ms,
    text: body.text,
    pictures: picturesOf(read, body),
    ...(body.video && {
      video: { ...pictureOf(read, body.video as never), ms: body.video.ms, poster: body.video.poster },
    }),
    ...(body.link && { link: body.link }),
    ...(body.place && { place: placeOf(body.place) }),
    mentionsMe: row.mention === 1,
    likes: likes.map((account) => personOf(people, account)),
    isLikedByMe: likes.includes(own),
    comments: commentsOf(reader, words, isMine),
    ...(isMine && { mine: mineOf(reader, row) }),
  };
}

/** Each person once, the first first. */
function likesOf(words: readonly MomentWordRow[]): readonly Hex[] {
  return [...new Set(words.filter(({ kind }) => kind === "like").map(({ author }) => toHex(author)))];
}

function commentsOf(
  { people, own }: Reader,
  words: readonly MomentWordRow[],
  isMine: boolean,
): readonly MomentComment[] {
  const byId = new Map(words.map((word) => [toHex(word.id), word]));
  return words
    .filter(({ kind }) => kind === "comment")
    .map((word) => {
      const author = toHex(word.author);
      const parent = byId.get(toHex(word.about));
      return {
        id: toHex(word.id),
        by: personOf(people, author),
        text: word.text,
        atMs: word.at_ms,
        ...(word.about.length > 0 && {
          answers: { id: toHex(word.about), ...(parent && { to: people.ref(toHex(parent.author)) }) },
        }),
        isSending: word.state === "sending",
        may: author === own ? "delete" : isMine ? "hide" : undefined,
      };
    });
}

function waitingOf({ database }: ReadContext): "sending" | "later" {
  return areTokensSpent(database) ? "later" : "sending";
}

function mineOf({ read, people, pins }: Reader, row: MomentRow): NonNullable<MomentView["mine"]> {
  const { mentions = [] } = row.audience === null ? {} : (decodeAudience(row.audience) ?? {});
  const named = mentions.map(toHex);
  people.load(named);
  return {
    audience: audienceOf(row.audience),
    count: (row.told ?? new Uint8Array()).length / idBytes.account,
    mentions: named.map((account) => people.ref(account)),
    state: row.state === "failed" ? "failed" : row.state === "sending" ? waitingOf(read) : "sent",
    isPinned: pins.has(toHex(row.id)),
  };
}

const shownSql = `state IN ('here', 'sending', 'failed') AND state <> 'gone'`;
/** Looked up for each post that is met: a page has some twenty, and there may be five hundred friends. */
const ofFriendsSql = `(author = ?1 OR EXISTS (
  SELECT 1 FROM contacts AS c LEFT JOIN moment_friends AS f ON f.account = c.account
  WHERE c.account = author AND c.state = 'contact' AND coalesce(f.hides_theirs, 0) = 0
    AND coalesce(f.chats_only, 0) = 0))`;

/** Posts that a feed shows. ?1: this account; ?2: the day of now. */
const postsSql = `kind = 'post' AND ${shownSql} AND ${ofFriendsSql}
  AND (author = ?1 OR until_day = 0 OR until_day > ?2)`;

/** @returns the query of a page: of one person's posts, which an index of theirs finds, or of all friends'. */
export function pageSql(isOfOne: boolean): string {
  return `SELECT * FROM moments ${isOfOne ? "INDEXED BY moments_of" : ""}
     WHERE ${postsSql} AND (at_ms, id) < (?3, ?4) ${isOfOne ? "AND author = ?6" : ""}
     ORDER BY at_ms DESC, id DESC LIMIT ?5`;
}

/** Pages that were read last: more are on no screen. */
const pagesHeldMax = 64;
/** What was read of a store, by a key, at one moment: `of` tells whether it is the same moment still. */
type Held<T> = { readonly of: string; readonly read: Map<string, T> };

function heldOf<T>(all: WeakMap<Database, Held<T>>, database: Database, of: string): Held<T> {
  const before = all.get(database);
  const held = before?.of === of ? before : { of, read: new Map<string, T>() };
  all.set(database, held);
  return held;
}

function heldAs<T>({ read }: Held<T>, key: string, make: () => T, max = pagesHeldMax): T {
  const held = read.get(key) ?? make();
  read.delete(key);
  read.set(key, held);
  const [oldest] = read.keys();
  if (read.size > max && oldest !== undefined) read.delete(oldest);
  return held;
}

/** Tables from which it follows which posts stand on a page; words on them are read by themselves (MO126). */
const pageTables = ["moments", "moment_friends", "contacts"] as const;
const pagesHeld = new WeakMap<Database, Held<readonly MomentRow[]>>();

/** Posts of a page, and the next one behind it. */
function pageRows({ read, own }: Reader, count: number, before: MomentRange["before"], of: AccountId | undefined) {
  const { database, nowMs } = read;
  const end =
    before === undefined ? [Number.MAX_SAFE_INTEGER, new Uint8Array(17).fill(255)] : [before.atMs, fromHex(before.id)];
  const held = heldOf(pagesHeld, database, [database.written(...pageTables), dayOf(nowMs), own].join());
  return heldAs(held, [count, before?.atMs, before?.id, of && toHex(of)].join(), () =>
    database.all<MomentRow>(
      pageSql(of !== undefined),
      read.own?.account as Bytes,
      dayOf(nowMs),
      end[0] as number,
      end[1] as Bytes,
      count + 1,
      ...(of === undefined ? [] : [of]),
    ),
  );
}

function page(reader: Reader, { limit, before }: MomentRange, of?: AccountId) {
  const count = Math.min(Math.max(0, Math.floor(limit)), pageMax);
  if (count === 0) return { posts: [], hasMore: false };
  const rows = pageRows(reader, count, before, of);
  const posts = viewsOf(reader, rows.slice(0, count));
  return { posts, hasMore: rows.length > count };
}

/** Of an export: what a feed shows, the oldest first. */
export const exportSql = `SELECT * FROM moments WHERE ${postsSql} AND (at_ms, id) > (?3, ?4)
  ORDER BY at_ms, id LIMIT ?5`;

export function readPosts(read: ReadContext, rows: readonly MomentRow[]): readonly MomentView[] {
  const reader = readerOf(read);
  return reader === undefined ? [] : viewsOf(reader, rows);
}

type FeedPage = Pick<MomentsFeedView, "posts" | "hasMore">;
/** From which a page of a feed follows: posts, what is said, whose they are, and what is known of their files. */
const feedTables = ["moments", "moment_words", "moment_friends", "people", "contacts", "blobs"] as const;
const feedsRead = new WeakMap<Database, Held<FeedPage>>();

/** Until something is written, or a day begins, posts are not read again: a look that finds nothing begins and ends. */
function feedPage(reader: Reader, range: MomentRange): FeedPage {
  const { database, nowMs } = reader.read;
  const of = [database.written(...feedTables), dayOf(nowMs), areTokensSpent(database), reader.own].join();
  const key = [range.limit, range.before?.atMs, range.before?.id].join();
  return heldAs(heldOf(feedsRead, database, of), key, () => page(reader, range));
}

export function readFeed(read: ReadContext, looking: Looking, range: MomentRange): MomentsFeedView {
  const reader = readerOf(read);
  if (reader === undefined) return { posts: [], hasMore: false, gaps: [], ...looking };
  return { ...feedPage(reader, range), gaps: gapsOf(reader), ...looking };
}

function gapsOf({ read, people, friends }: Reader): readonly MomentGapView[] {
  const rows = read.database.all<{ account: Bytes; count: number }>(
    `SELECT account, count(*) AS count FROM moment_gaps WHERE log <> x'' OR name = x'' OR since_ms < ? GROUP BY account`,
    read.nowMs - dayMs, // A body that is false may be mended within a day.
  );
  const shown = rows.filter(({ account }) => friends.has(toHex(account)));
  people.load(shown.map(({ account }) => toHex(account)));
  return shown.map(({ account, count }) => ({ person: personOf(people, toHex(account)), count }));
}

function coverOf(db: Database, account: Bytes): { readonly row: MomentRow; readonly body: MomentBody } | undefined {
  const row = db.get<MomentRow>(
    `SELECT * FROM moments WHERE author = ? AND kind = 'cover' AND ${shownSql} ORDER BY at_ms DESC LIMIT 1`,
    account,
  );
  const body = row && bodyOf(row);
  return row && body && { row, body };
}

function windowOf(days: number): MomentsWindow {
  return days === 3 || days === 30 || days === 180 ? days : "all";
}

export function readPage(read: ReadContext, account: Hex, range: MomentRange): MomentsPageView | undefined {
  const reader = readerOf(read);
  if (reader === undefined || !/^[0-9a-f]{64}$/.test(account)) return undefined;
  const { people, own } = reader;
  people.load([account]);
  const cover = coverOf(read.database, fromHex(account));
  const picture = cover?.body.pictures[0];
  const pinned = (cover?.body.pins ?? []).flatMap((id) => readView(reader, id) ?? []);
  return {
    person: personOf(people, account),
    ...(picture && { cover: pictureOf(read, picture) }),
    signature: cover?.body.text ?? "",
    pinned: pinned.filter(({ author }) => author.account === account),
    ...page(reader, range, fromHex(account) as AccountId),
    ...(account === own && { days: windowOf(readMomentSettings(read.database).days) }),
  };
}

/** Undefined for one that this person may not see now. */
function readView(reader: Reader, id: Bytes): MomentView | undefined {
  const row = readMoment(reader.read.database, id);
  if (
    row === undefined ||
    row.kind !== "post" ||
    (row.state !== "here" && row.state !== "sending" && row.state !== "failed")
  )
    return undefined;
  const author = toHex(row.author);
  const isOver = row.until_day !== 0 && row.until_day <= dayOf(reader.read.nowMs);
  if (!reader.friends.has(author) || (isOver && author !== reader.own)) return undefined;
  return viewsOf(reader, [row])[0];
}

export function readOne(read: ReadContext, id: Hex): MomentView | undefined {
  const reader = readerOf(read);
  return reader === undefined || !/^[0-9a-f]{32}$/.test(id) ? undefined : readView(reader, fromHex(id));
}

export function searchPosts(
  read: ReadContext,
  match: (words: string) => Snippet | undefined,
  limit: number,
): readonly MomentHit[] {
  const reader = readerOf(read);
  const found: MomentHit[] = [];
  if (reader === undefined) return found;
  const rows = read.database.all<MomentRow>(
    `SELECT * FROM moments WHERE ${postsSql} ORDER BY at_ms DESC, id DESC`,
    read.own?.account as Bytes,
    dayOf(read.nowMs),
  );
  for (const row of rows) {
    if (found.length >= Math.min(limit, pageMax)) break;
    const body = bodyOf(row);
    const snippet = body && match([body.text, body.place?.name, body.link?.title].join(" "));
    const [view] = snippet === undefined ? [] : viewsOf(reader, [row]);
    if (snippet !== undefined && view !== undefined) found.push({ ...view, ...snippet });
  }
  return found;
}

type NewsRow = Pick<MomentWordRow, "id" | "post" | "author" | "text" | "at_ms" | "got_ms"> & { readonly kind: string };

/** What others say on own posts, and comments where this account said something; and where it is called. */
export const newsSql = `
  WITH concerns AS (
    SELECT id, 1 AS is_own FROM moments WHERE author = ?1 AND kind IN ('post', 'status') AND state <> 'gone'
    UNION ALL
    SELECT DISTINCT o.post, 0 FROM moment_words AS o CROSS JOIN moments AS m ON m.id = o.post
    WHERE o.author = ?1 AND o.state <> 'gone' AND m.author <> ?1 AND m.state <> 'gone' AND m.kind IN ('post', 'status'))
  SELECT w.id, w.post, w.author, w.kind, w.text, w.at_ms, w.got_ms FROM concerns AS c CROSS JOIN moment_words AS w
    ON w.post = c.id
  WHERE w.author <> ?1 AND w.state = 'here' AND (c.is_own = 1 OR w.kind = 'comment')
  UNION ALL
  SELECT id, id, author, 'mention', '', at_ms, got_ms FROM moments INDEXED BY moments_calls
  WHERE mention = 1 AND kind = 'post' AND state = 'here' AND state <> 'gone' AND author <> ?1
  ORDER BY got_ms DESC LIMIT ?2`;

/** Who posted last of what came since friends' posts were seen. */
export const newestSql = `SELECT author FROM moments INDEXED BY moments_new
  WHERE kind = 'post' AND state = 'here' AND author <> ?1 AND got_ms > ?2 AND ${ofFriendsSql}
  ORDER BY at_ms DESC LIMIT 1`;

/** A post of a friend came since friends' posts were seen. */
export function isNewFed({ db, own }: Pick<FeatureContext, "db" | "own">): boolean {
  return db.get(newestSql, own(), readMomentSettings(db).fed_ms) !== undefined;
}

export function readNews(read: ReadContext): MomentsNewsView {
  const reader = readerOf(read);
  if (reader === undefined) return { count: 0, items: [] };
  const { people, friends } = reader;
  const { seen_ms, fed_ms } = readMomentSettings(read.database);
  const own = read.own?.account as Bytes;
  const rows = read.database.all<NewsRow>(newsSql, own, newsMax).filter(({ author }) => friends.has(toHex(author)));
  people.load(rows.map(({ author }) => toHex(author)));
  const items = rows.flatMap((row): MomentsNewsItem[] => {
    const post = readMoment(read.database, row.post);
    const body = post && bodyOf(post);
    if (post === undefined || body === undefined) return [];
    const [picture] = picturesOf(read, body);
    return [
      {
        kind: post.kind === "status" ? "status-like" : (row.kind as MomentsNewsItem["kind"]),
        id: toHex(row.id),
        post: toHex(row.post),
        by: personOf(people, toHex(row.author)),
        atMs: row.at_ms,
        text: row.text,
        of: { text: body.text, ...(picture && { picture }) },
        isNew: row.got_ms > seen_ms,
      },
    ];
  });
  const newest = read.database.get<{ author: Bytes }>(newestSql, own, fed_ms);
  if (newest !== undefined) people.load([toHex(newest.author)]);
  return {
    count: items.filter(({ isNew }) => isNew).length,
    ...(newest && { newest: personOf(people, toHex(newest.author)) }),
    items,
  };
}

export function readSettings({ database: db }: ReadContext): MomentsSettingsView {
  return settingsKept({ db });
}

/** Of all friends: a post that is said has them not read again (MO152). */
const settingsKept = keptUntilWritten(
  ({ db }: { readonly db: Database }) => settingsIn(db),
  ["moment_settings", "moment_friends", "contacts"],
);

function settingsIn(database: Database): MomentsSettingsView {
  const { is_on, days } = readMomentSettings(database);
  type Decided = Pick<MomentFriendRow, "account" | "chats_only" | "hides_mine" | "hides_theirs">;
  const decided = database.all<Decided>(
    `SELECT f.account, f.chats_only, f.hides_mine, f.hides_theirs FROM moment_friends AS f
     JOIN contacts AS c ON c.account = f.account AND c.state = 'contact'
     WHERE f.chats_only + f.hides_mine + f.hides_theirs > 0`,
  );
  const those = (which: (row: Decided) => boolean) => decided.filter(which).map(({ account }) => toHex(account));
  return {
    isOn: is_on === 1,
    window: windowOf(days),
    chatsOnly: those(({ chats_only }) => chats_only === 1),
    hidesMine: those(({ hides_mine }) => hides_mine === 1),
    hidesTheirs: those(({ hides_theirs }) => hides_theirs === 1),
  };
}

export function readWith({ database }: ReadContext, account: Hex): MomentsWithView {
  const row = /^[0-9a-f]{64}$/.test(account) ? readMomentFriend(database, fromHex(account) as AccountId) : undefined;
  return {
    chatsOnly: row?.chats_only === 1,
    hidesMine: row?.hides_mine === 1,
    hidesTheirs: row?.hides_theirs === 1,
    isShared: row !== undefined && row.chats_only === 0 && row.told > 0,
  };
}

export function readStatuses(read: ReadContext): MomentStatusesView {
  const reader = readerOf(read);
  if (reader === undefined) return { friends: [], same: [] };
  const rows = read.database.all<MomentRow>(
    `SELECT * FROM moments WHERE kind = 'status' AND ${shownSql} AND ${ofFriendsSql} AND at_ms > ?2 ORDER BY at_ms DESC, id DESC`,
    read.own?.account as Bytes,
    read.nowMs - dayMs,
  );
  const seen = new Set<Hex>();
  const all = rows.flatMap((row): MomentStatusView[] => {
    const author = toHex(row.author);
    if (seen.has(author)) return []; // The newest holds.
    seen.add(author);
    const [view] = viewsOf(reader, [row]);
    const icon = bodyOf(row)?.icon;
    if (view === undefined || icon === undefined) return [];
    const { id, author: by, text, atMs, likes, isLikedByMe, place, pictures, mine: own } = view;
    const [picture] = pictures;
    return [
      {
        id,
        by,
        icon,
        text,
        atMs,
        endsMs: atMs + dayMs,
        likes,
        isLikedByMe,
        ...(place && { place }),
        ...(picture && { picture }),
        ...(own && { mine: { audience: own.audience, count: own.count, state: own.state } }),
      },
    ];
  });
  const mine = all.find(({ by }) => by.isMe);
  const friends = all.filter(({ by }) => !by.isMe);
  return {
    ...(mine && { mine }),
    friends,
    same: mine === undefined ? [] : friends.filter(({ icon }) => icon === mine.icon).map(({ by }) => by),
  };
}
