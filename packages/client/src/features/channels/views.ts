/** What screens see of Channels (types.ts), read from the store. */
import {
  articleOf,
  type ChannelDecisionRow,
  type ChannelEntryRow,
  type ChannelRow,
  countChannelComments,
  type Database,
  hasChannelFoundSince,
  isChannelWithdrawn,
  newestChannelPack,
  readChannel,
  readChannelComments,
  readChannelCount,
  readChannelDecision,
  readChannelEntriesOf,
  readChannelEntry,
  readChannelFilms,
  readChannelFollows,
  readChannelFound,
  readChannelLike,
  readChannelPuts,
  readChannelSave,
  readChannelTags,
  readChannelTaste,
  readChannelTopics,
  readFollowedFilms,
  readFriendLikes,
  readFriendsFilms,
  readRemovedComments,
  readSavedFilms,
} from "@yanshu/store";
import { type Bytes, channelBodies, equalBytes, type FilmRef, type ProfileBody, toHex } from "@yanshu/wire";
import { type Hex, idFrom, type ReadContext, type Snippet, unpack } from "../../feature.ts";
import { domainOf } from "../../values/channel-domain.ts";
import { channelRef, fileOf, keysIn, ownAsAuthor, ownChannels, profileWaiting } from "../../values/public-log.ts";
import { readAskings } from "./authors.ts";
import { heldBy } from "./desk.ts";
import { mirrorsIn, penChannel, pinsOf } from "./own.ts";
import { packsToWait } from "./pull.ts";
import type {
  ChannelCommentsView,
  ChannelCommentView,
  ChannelDecisionView,
  ChannelFilmView,
  ChannelGap,
  ChannelLevel,
  ChannelRef,
  ChannelsFeedArgs,
  ChannelsFeedView,
  ChannelsFound,
  ChannelsLogView,
  ChannelsMineView,
  ChannelsSettingsView,
  ChannelView,
  ChannelWhy,
} from "./types.ts";
import { dayOf, filmsShown, none, readValue, type ShownEntry, tagKey, topsOf } from "./values.ts";
import { closedNow, watchedMs } from "./youth.ts";

const feedMax = 200;
const gridMax = 300;
const topicsMax = 40;
const searchedMax = 5_000;
/** The newest of a film. */
const commentsMax = 1_000;

const storeOf = (read: ReadContext) => ({ db: read.database });

const aboutOf = (waiting: ProfileBody | undefined, row: ChannelRow | undefined) => (waiting ?? row)?.about ?? "";

function decisionOf(decision: ChannelDecisionRow | undefined): ChannelDecisionView | undefined {
  if (decision === undefined || decision.action === "restore") return undefined;
  const { action, reason, appeal } = decision;
  return { action, reason, appeal };
}

function filmOf(read: ReadContext, row: ChannelEntryRow, why: ChannelWhy = { kind: "page" }): ChannelFilmView {
  const { database: db } = read;
  const { text, tags, films, day } = unpack<ShownEntry>(row.shown);
  const [first] = films;
  const people = read.peopleIn();
  const friends = readFriendLikes(db, row.hash).map(toHex);
  people.load(friends);
  const decision = decisionOf(readChannelDecision(db, row.hash));
  const renditions = row.kind === "film" ? (first?.renditions ?? []) : [];
  const shown = films.filter(({ mime }) => row.kind === "film" || mime.startsWith("image/"));
  return {
    entry: toHex(row.hash),
    channel: channelRef(db, row.channel),
    kind: row.kind === "film" ? "film" : "pictures",
    day,
    atMs: row.got_ms,
    title: text,
    tags,
    files: [...renditions.map(fileOf), ...shown.map(fileOf)].sort((a, b) =>
      row.kind === "film" ? a.bytes - b.bytes : 0,
    ),
    ...(first?.poster && {
      poster: { ...fileOf({ ...first, ...first.poster }), width: first.width, height: first.height },
    }),
    thumbhash: first?.thumbhash ?? none,
    durationMs: first?.durationMs ?? 0,
    loudness: -(first?.loudness ?? 160) / 10,
    ...captionsOf(db, first),
    ...readChannelCount(db, row.hash),
    comments: countChannelComments(db, row.hash),
    isLiked: readChannelLike(db, row.hash)?.is_on === 1,
    isSaved: readChannelSave(db, row.hash)?.is_on === 1,
    likedBy: friends.map(people.ref),
    why,
    ...(decision && { decision }),
  };
}

function captionsOf(db: Database, film: FilmRef | undefined): { readonly captions?: string } {
  const [first] = film?.captions ?? [];
  const captions = first && heldBy(db)?.captions.get(toHex(first.hash));
  return captions === undefined ? {} : { captions };
}

export function readFeed(read: ReadContext, { tab, limit }: ChannelsFeedArgs): ChannelsFeedView {
  const { database: db } = read;
  const most = Math.min(Math.max(1, limit), feedMax);
  const desk = heldBy(db);
  const mirror = readValue(storeOf(read), "mirror") ?? "";
  const isWhole = readValue(storeOf(read), "wholePage") === true;
  const whole = isWhole ? firstFilesOf(db, desk?.forYou.get()?.all ?? []) : undefined;
  const common = {
    ...(whole && { whole }),
    lookedMs: readValue(storeOf(read), "looked") ?? 0,
    isLooking: desk?.isLooking === true,
    hasAlarm: hasChannelFoundSince(db, readValue(storeOf(read), "alarmSeen") ?? -1),
    ...(mirror !== "" && { mirror }),
  };
  const closed = closedNow(storeOf(read), read.nowMs, tab === "for-you");
  if (closed !== undefined) return { films: [], hasMore: false, ...common, closed };
  const listed = (rows: readonly ChannelEntryRow[]) => ({
    films: rows.slice(0, most).map((row) => filmOf(read, row)),
    hasMore: rows.length > most,
    ...common,
  });
  if (tab === "following") return listed(readFollowedFilms(db, most + 1));
  if (tab === "friends") return listed(readFriendsFilms(db, most + 1));
  if (readValue(storeOf(read), "order") === "time") return listed(readChannelFilms(db, 0, most + 1));
  const page = desk?.forYou.get();
  if (desk === undefined || page === undefined) return { films: [], hasMore: false, ...common };
  const films = page.order.flatMap((entry) => {
    const row = entryHere(db, entry);
    return row === undefined ? [] : [filmOf(read, row, desk.forYou.why(entry))];
  });
  const { pack, at, turn, all, shown, hasNext } = page;
  return {
    films: films.slice(0, most),
    page: { pack: toHex(pack), at, turn, size: films.length, shown, hasNext, all },
    hasMore: false,
    ...common,
  };
}

function firstFilesOf(
  db: Database,
  entries: readonly Hex[],
): readonly { readonly hash: Hex; readonly bytes: number }[] {
  return entries.flatMap((entry) => {
    const hash = idFrom(entry);
    const [first] = filmsShown(hash && readChannelEntry(db, hash));
    return first === undefined ? [] : [{ hash: toHex(first.hash), bytes: first.bytes }];
  });
}

function entryHere(db: Database, entry: Hex): ChannelEntryRow | undefined {
  const hash = idFrom(entry);
  const row = hash && readChannelEntry(db, hash);
  return row?.state === "here" && (row.kind === "film" || row.kind === "pictures") ? row : undefined;
}

export function readSaved(
  read: ReadContext,
  { limit }: { readonly limit: number },
): { readonly films: readonly ChannelFilmView[]; readonly hasMore: boolean } {
  if (closedNow(storeOf(read), read.nowMs, false) !== undefined) return { films: [], hasMore: false };
  const most = Math.min(Math.max(1, limit), feedMax);
  const rows = readSavedFilms(read.database, most + 1);
  return { films: rows.slice(0, most).map((row) => filmOf(read, row)), hasMore: rows.length > most };
}

export function readFilm(read: ReadContext, entry: Hex): ChannelFilmView | undefined {
  if (closedNow(storeOf(read), read.nowMs, false) !== undefined) return undefined;
  const row = entryHere(read.database, entry);
  return row && filmOf(read, row, heldBy(read.database)?.forYou.why(entry));
}

export function readChannelPage(read: ReadContext, hex: Hex): ChannelView | undefined {
  const { database: db } = read;
  const id = idFrom(hex);
  const row = id && readChannel(db, id);
  const isOwn = id !== undefined && ownAsAuthor(db, id) !== undefined;
  if (id === undefined || (row === undefined && !isOwn)) return undefined;
  const isClosed = closedNow(storeOf(read), read.nowMs, false) !== undefined;
  const waiting = isOwn ? profileWaiting(db, id) : undefined;
  const all = isClosed ? [] : readChannelEntriesOf(db, id, ["film", "pictures"], gridMax);
  const pins = (isOwn ? pinsOf(db, id) : keysIn(row?.pins ?? none)).map(toHex);
  const films = all.flatMap((one) =>
    one.state === "here" ? [{ ...filmOf(read, one), isPinned: pins.includes(toHex(one.hash)) }] : [],
  );
  const pinned = pins.flatMap((pin) => films.find(({ entry }) => entry === pin) ?? []);
  const others = readChannelEntriesOf(db, id, [""], gridMax);
  const unknown = db.all<ChannelEntryRow>(
    "SELECT * FROM channel_entries WHERE channel = ? AND state = 'unknown' LIMIT 50",
    id,
  );
  const ref = channelRef(db, id);
  const gaps = [...all, ...others, ...unknown].flatMap((one) => gapOf(db, one, ref) ?? []);
  return {
    ...ref,
    about: aboutOf(waiting, row),
    authors: row === undefined ? 1 : keysIn(row.authors).length,
    ...domainOf(read, id),
    mirrors: waiting === undefined ? mirrorsIn(row?.mirrors) : (waiting.mirrors ?? []),
    films: [...pinned, ...films.filter(({ isPinned }) => !isPinned)],
    gaps,
    likes: films.reduce((sum, { likes }) => sum + likes, 0),
  };
}

/** What an address leads to whose film is not here any more: a place, which says why. */
export function readGap({ database: db }: ReadContext, entry: Hex): ChannelGap | undefined {
  const hash = idFrom(entry);
  const row = hash && readChannelEntry(db, hash);
  return row && gapOf(db, row, channelRef(db, row.channel));
}

function gapOf(db: Database, { hash, seq, state }: ChannelEntryRow, channel: ChannelRef): ChannelGap | undefined {
  if (state === "here") return undefined;
  const decision = decisionOf(readChannelDecision(db, hash));
  return { channel, seq, why: state, ...(decision && { decision }) };
}

export function readComments(read: ReadContext, entry: Hex): ChannelCommentsView {
  const { database: db } = read;
  const hash = idFrom(entry);
  const on = hash && readChannelEntry(db, hash);
  if (on === undefined) return { comments: [], count: 0, removed: [], mayHide: false };
  const film = articleOf(on);
  const puts = readChannelPuts(db);
  const waiting = puts.filter(({ kind, about }) => kind === "comment" && equalBytes(about, film));
  const said = readChannelComments(db, film, commentsMax).map((row) => ({
    row,
    shown: unpack<ShownEntry>(row.shown),
  }));
  const isHidden = (comment: Bytes) =>
    isChannelWithdrawn(db, comment, on.channel, "hide") ||
    puts.some(
      ({ kind, about, body }) =>
        kind === "hide" && equalBytes(about, comment) && channelBodies.hide.decode(body).isHidden,
    );
  const view = ({ row, shown: { text, day } }: (typeof said)[number]): ChannelCommentView => {
    const hidden = isHidden(row.hash);
    const by = channelRef(db, row.channel);
    const decision = decisionOf(readChannelDecision(db, row.hash));
    return {
      entry: toHex(row.hash),
      by,
      ...(decision && { decision }),
      text: hidden ? "" : text,
      day,
      atMs: row.got_ms,
      isMine: by.isMine,
      isHidden: hidden,
      state: "here",
      answers: [],
    };
  };
  const pending = waiting.map((row): ChannelCommentView & { readonly to: Hex | undefined } => {
    const { text, to } = channelBodies.comment.decode(row.body);
    return {
      entry: row.entry.length > 0 ? toHex(row.entry) : `waits ${row.put}`,
      by: channelRef(db, row.channel),
      text,
      day: dayOf(row.made_ms),
      atMs: row.made_ms,
      isMine: true,
      isHidden: false,
      state: row.state === "said" ? "waiting" : "sending",
      answers: [],
      to: to && toHex(to),
    };
  });
  const bare = ({ to: _, ...one }: (typeof pending)[number]): ChannelCommentView => one;
  const tops = topsOf(said.map(({ row, shown: { to } }) => ({ hash: toHex(row.hash), ...(to && { to: toHex(to) }) })));
  const below = new Map<Hex, ChannelCommentView[]>();
  const answer = (top: Hex, one: ChannelCommentView) => {
    const held = below.get(top);
    if (held === undefined) below.set(top, [one]);
    else held.push(one);
  };
  const roots: (typeof said)[number][] = [];
  for (const one of said) {
    const hash = toHex(one.row.hash);
    const top = tops.get(hash) ?? hash;
    if (top === hash) roots.push(one);
    else answer(top, view(one));
  }
  for (const one of pending) {
    const top = one.to === undefined ? undefined : tops.get(one.to);
    if (top !== undefined) answer(top, bare(one));
  }
  const comments = roots.map((one) => ({ ...view(one), answers: below.get(toHex(one.row.hash)) ?? [] }));
  const placed = new Set(comments.flatMap(({ answers }) => answers.map((one) => one.entry)));
  return {
    comments: [...comments, ...pending.filter((one) => !placed.has(one.entry)).map(bare)],
    count: countChannelComments(db, film) + pending.length,
    removed: removedComments(db, film),
    mayHide: ownAsAuthor(db, on.channel) !== undefined,
  };
}

/** By their reasons: a hundred that were taken away at once are one place. */
function removedComments(db: Database, film: Bytes): ChannelCommentsView["removed"] {
  const byReason = new Map<string, ChannelCommentsView["removed"][number]>();
  for (const { hash, channel } of readRemovedComments(db, film, commentsMax)) {
    const decision = decisionOf(readChannelDecision(db, hash));
    if (decision === undefined) continue;
    const key = JSON.stringify([decision.reason, decision.appeal]);
    const { count, mine } = byReason.get(key) ?? { count: 0, mine: 0 };
    byReason.set(key, { decision, count: count + 1, mine: mine + Number(channelRef(db, channel).isMine) });
  }
  return [...byReason.values()];
}

export function readMine(read: ReadContext): ChannelsMineView {
  const { database: db } = read;
  const puts = readChannelPuts(db);
  const newest = newestChannelPack(db)?.n ?? -1;
  const late = puts.filter(({ state, pack }) => state === "said" && pack >= 0 && newest >= pack + packsToWait);
  const terms = readValue(storeOf(read), "terms");
  const pen = penChannel(db)?.id;
  return {
    ...(pen && { pen: toHex(pen) }),
    askings: readAskings(read),
    channels: ownChannels(db).map(({ id }) => ({
      ...channelRef(db, id),
      about: aboutOf(profileWaiting(db, id), readChannel(db, id)),
      films: readChannelEntriesOf(db, id, ["film", "pictures"], gridMax).filter(({ state }) => state === "here").length,
      unpublished: late.filter(({ channel }) => equalBytes(channel, id)).length,
    })),
    uploads: puts
      .filter(({ kind }) => kind === "film" || kind === "pictures")
      .map((row) => ({
        id: `${row.put}`,
        channel: toHex(row.channel),
        title: row.title,
        state: row.state === "waiting" && row.done > 0 ? "uploading" : row.state,
        done: row.state === "said" ? row.total : row.done,
        total: row.total,
        ...(row.state === "failed" && { fault: row.fault as "refused" }),
      })),
    notPublished: late.map(({ entry, title, made_ms }) => ({ entry: toHex(entry), title, day: dayOf(made_ms) })),
    ...(terms && { mayPublish: terms.mayPublish }),
  };
}

export function readFollowed(read: ReadContext): readonly ChannelRef[] {
  return readChannelFollows(read.database).flatMap(({ channel, is_on }) =>
    is_on === 1 ? [channelRef(read.database, channel)] : [],
  );
}

export function readSettings(read: ReadContext): ChannelsSettingsView {
  const { database: db, nowMs } = read;
  const levels = new Map(readChannelTopics(db).map(({ tag, level }) => [tag, level as ChannelLevel]));
  const tags = readChannelTags(db, topicsMax);
  const known = new Set(tags.map(({ tag }) => tag));
  const taste = readChannelTaste(db);
  return {
    order: readValue(storeOf(read), "order") ?? "taste",
    topics: [
      ...tags.map(({ tag, films }) => ({ tag, films, level: levels.get(tag) ?? (2 as const) })),
      ...[...levels].filter(([tag]) => !known.has(tag)).map(([tag, level]) => ({ tag, films: 0, level })),
    ],
    taste: {
      watched: taste.filter(({ value }) => value === 1).length,
      liked: taste.filter(({ value }) => value === 2).length,
      turnedAway: taste.filter(({ value }) => value <= -2).length,
    },
    watchedTodayMs: watchedMs(storeOf(read), nowMs),
    tellsFriends: readValue(storeOf(read), "tellsFriends")?.isOn ?? true,
    wholePage: readValue(storeOf(read), "wholePage") ?? false,
  };
}

export function readLog(read: ReadContext): ChannelsLogView {
  const { database: db } = read;
  const newest = newestChannelPack(db);
  const people = read.peopleIn();
  const count = (sql: string) => db.get<{ count: number }>(sql)?.count ?? 0;
  return {
    packs: count("SELECT count(*) AS count FROM channel_packs"),
    ...(newest && { newest: { n: newest.n, hash: toHex(newest.hash) } }),
    entries: count("SELECT count(*) AS count FROM channel_entries"),
    found: readChannelFound(db).map(({ what, pack, channel, seq, account }) => ({
      what: what as ChannelsLogView["found"][number]["what"],
      pack,
      ...(channel.length > 0 && { channel: channelRef(db, channel), seq }),
      ...(account.length > 0 && { by: people.ref(toHex(account)) }),
    })),
  };
}

/** On this device alone (CH56): films by their words and hashtags, channels by their names. */
export function search(
  read: ReadContext,
  words: string,
  match: (text: string) => Snippet | undefined,
  limit: number,
): ChannelsFound {
  const { database: db } = read;
  const isClosed = closedNow(storeOf(read), read.nowMs, false) !== undefined;
  const most = Math.min(Math.max(1, limit), feedMax);
  const asked = /^#([^#\s]+)#?$/u.exec(words.trim())?.[1];
  const films = [];
  for (const row of isClosed ? [] : readChannelFilms(db, 0, searchedMax)) {
    if (films.length >= most) break;
    const isTagged =
      asked !== undefined && unpack<ShownEntry>(row.shown).tags.some((tag) => tagKey(tag) === tagKey(asked));
    const snippet = isTagged
      ? { before: "", match: `#${asked}`, after: "" }
      : asked === undefined
        ? match(row.words)
        : undefined;
    if (snippet !== undefined) films.push({ ...filmOf(read, row), ...snippet });
  }
  const channels = db
    .all<{ id: Bytes; name: string; about: string }>("SELECT id, name, about FROM channels WHERE name <> '' LIMIT 5000")
    .filter(({ name, about }) => match(name) !== undefined || (about !== "" && match(about) !== undefined))
    .slice(0, most)
    .map(({ id }) => channelRef(db, id));
  const tags = readChannelTags(db, 1_000)
    .filter(({ tag }) => match(tag) !== undefined)
    .slice(0, 20);
  return { films, channels, tags };
}
