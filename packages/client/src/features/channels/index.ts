/**
 * Channels 视频号 (docs/spec/channels.md CH41–CH57, feed.md FY): what a device does with them. types.ts says what screens
 * see and may ask; own.ts and put.ts are for who publishes, pull.ts for who reads, for-you.ts for what is shown first.
 */
import {
  addChannelOwn,
  forgetChannelTaste,
  isChannelFollowed,
  readChannelEntry,
  readChannelFollow,
  readChannelFollows,
  readChannelLike,
  readChannelLikes,
  readChannelOwn,
  readChannelPack,
  readChannelPuts,
  readChannel as readChannelRow,
  readChannelSave,
  readChannelSaves,
  readChannelTaste,
  rereadChannelPacks,
  setChannelPut,
  writeChannelFollow,
  writeChannelLike,
  writeChannelSave,
  writeChannelTaste,
  writeChannelTopic,
} from "@yanshu/store";
import { equalBytes, HeadsReader, publicLimits, publicPath, toHex } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type FeatureContext,
  type Hex,
  hashIn,
  idFrom,
  matcherOf,
  type ReadContext,
} from "../../feature.ts";
import {
  answerAsking,
  askAuthor,
  coauthorItems,
  readAuthors,
  removeAuthor,
  takeAuthor,
  takeCoauthor,
  unaskAuthor,
} from "./authors.ts";
import { deskOf } from "./desk.ts";
import { askDomain } from "./domains.ts";
import { pageFor } from "./for-you.ts";
import { publicLogOf } from "./log.ts";
import { dropTells, planLike, planTells, planView } from "./marks.ts";
import { filmChunks, filmList } from "./mirrors.ts";
import {
  comment,
  createChannel,
  dropPut,
  hide,
  ownItem,
  pin,
  publishFilm,
  publishPictures,
  setProfile,
  withdraw,
} from "./own.ts";
import { found } from "./pull.ts";
import { sayAgain } from "./put.ts";
import { swipeValue } from "./ranker.ts";
import { takeTold } from "./told.ts";
import type { ChannelsApi, ChannelsFeedArgs } from "./types.ts";
import { filmsShown, none, readValue, tagKey, writeValue } from "./values.ts";
import {
  readChannelPage,
  readComments,
  readFeed,
  readFilm,
  readFollowed,
  readGap,
  readLog,
  readMine,
  readSaved,
  readSettings,
  search,
} from "./views.ts";
import {
  addWatched,
  guardItems,
  readWards,
  readYouth,
  setWardLimits,
  setYouth,
  takeGuard,
  takeTime,
  takeYouth,
} from "./youth.ts";

export type {
  ChannelAskingView,
  ChannelAuthorsView,
  ChannelCommentsView,
  ChannelCommentView,
  ChannelDecisionView,
  ChannelDomainView,
  ChannelFileView,
  ChannelFilmDraft,
  ChannelFilmView,
  ChannelGap,
  ChannelHit,
  ChannelLevel,
  ChannelPicture,
  ChannelPicturesDraft,
  ChannelProfile,
  ChannelRef,
  ChannelsClosed,
  ChannelsFeedView,
  ChannelsFound,
  ChannelsLogView,
  ChannelsMineView,
  ChannelsSettingsView,
  ChannelsTab,
  ChannelsYouthView,
  ChannelTopic,
  ChannelView,
  ChannelWardView,
  ChannelWhy,
} from "./types.ts";

/** Of pictures: so long one looked at them is to have seen them all. */
const picturesMs = 3_000;

export const channels = clientFeature({
  kinds: [
    "channels",
    "channelYouth",
    "channelAuthor",
    "channelCoauthor",
    "channelOwn",
    "channelFollow",
    "channelLike",
    "channelSave",
    "channelSettings",
    "channelGuard",
    "channelTime",
  ],

  apply: { channels: takeTold, channelYouth: takeYouth, channelAuthor: takeAuthor },
  heard: {
    channels: (context) => deskOf(context).told(),
    channelYouth: (context) => deskOf(context).turnsByClock(),
    channelAuthor: (context) => deskOf(context).wake(),
  },

  signedIn: async (context) => deskOf(context).signedIn(),
  later: async (context) => deskOf(context).wake(),

  /** Home was put back: packs are read anew beside their hashes (CH61), what it lacks is said again (CH45). */
  serverForgot: (context) => {
    rereadChannelPacks(context.db);
    sayAgain(context);
  },

  publicLog: publicLogOf,

  synced: {
    channelOwn: {
      size: "account",
      isInRecord: true,
      all: ({ db }) => readChannelOwn(db).map(ownItem),
      take: ({ db, changed }, { channel, seed, inception, stampMs, author = none }) => {
        if (!addChannelOwn(db, { id: channel, seed, inception, stamp_ms: stampMs, author })) return;
        changed("channels-mine", "channels");
      },
    },
    channelCoauthor: { isInRecord: true, all: coauthorItems, take: takeCoauthor },
    channelFollow: {
      isInRecord: true,
      all: ({ db }) =>
        readChannelFollows(db).map(({ channel, is_on, stamp_ms }) => followItem(channel, is_on === 1, stamp_ms)),
      take: ({ db, changed }, { channel, isOn, stampMs }) => {
        if (writeChannelFollow(db, channel, isOn, stampMs)) changed("channels");
      },
    },
    channelLike: {
      size: "large",
      together: 64,
      all: ({ db }) => readChannelLikes(db).map(({ entry, is_on, stamp_ms }) => likeItem(entry, is_on === 1, stamp_ms)),
      take: ({ db, changed }, { entry, isOn, stampMs }) => {
        if (writeChannelLike(db, entry, isOn, stampMs)) changed("channels");
      },
    },
    channelSave: {
      size: "large",
      together: 64,
      all: ({ db }) => readChannelSaves(db).map(({ entry, is_on, stamp_ms }) => saveItem(entry, is_on === 1, stamp_ms)),
      take: ({ db, changed }, { entry, isOn, stampMs }) => {
        if (writeChannelSave(db, entry, isOn, stampMs)) changed("channels");
      },
    },
    channelSettings: {
      isInRecord: true,
      all: (context) => {
        const held = readValue(context, "tellsFriends");
        return held === undefined ? [] : [settingsItem(held.isOn, held.stampMs)];
      },
      take: (context, { tellsFriends, stampMs }) => {
        if (stampMs <= (readValue(context, "tellsFriends")?.stampMs ?? -1)) return;
        writeValue(context, "tellsFriends", { isOn: tellsFriends, stampMs });
        // The device on which it was turned takes back what friends were told.
        if (!tellsFriends) dropTells(context);
        context.changed("channels");
      },
    },
    channelGuard: {
      size: "account",
      isInRecord: true,
      all: guardItems,
      take: (context, item) => {
        takeGuard(context, item);
        deskOf(context).turnsByClock();
      },
    },
    channelTime: { take: (context, item, by) => takeTime(context, item, toHex(by)) },
  },

  views: {
    channelsFeed: {
      topics: (_: ChannelsFeedArgs) => ["channels", "people", "contacts"],
      read: (read: ReadContext, args: ChannelsFeedArgs) => readFeed(read, args),
    },
    channelFilm: {
      topics: (_: Hex) => ["channels", "people", "contacts"],
      read: (read: ReadContext, entry: Hex) => readFilm(read, entry),
    },
    channel: {
      topics: (_: Hex) => ["channels", "channels-mine"],
      read: (read: ReadContext, id: Hex) => readChannelPage(read, id),
    },
    channelGap: {
      topics: (_: Hex) => ["channels"],
      read: (read: ReadContext, entry: Hex) => readGap(read, entry),
    },
    channelComments: {
      topics: (_: Hex) => ["channels", "channels-mine"],
      read: (read: ReadContext, entry: Hex) => readComments(read, entry),
    },
    channelsMine: {
      topics: () => ["channels", "channels-mine", "people"],
      read: (read: ReadContext) => readMine(read),
    },
    channelAuthors: {
      topics: (_: Hex) => ["channels", "channels-mine", "people", "contacts"],
      read: (read: ReadContext, id: Hex) => {
        const channel = idFrom(id);
        return channel && readAuthors(read, channel);
      },
    },
    channelsFollowed: { topics: () => ["channels"], read: (read: ReadContext) => readFollowed(read) },
    channelsSaved: {
      topics: (_: { readonly limit: number }) => ["channels", "people", "contacts"],
      read: (read: ReadContext, args: { readonly limit: number }) => readSaved(read, args),
    },
    channelsYouth: { topics: () => ["channels", "people"], read: (read: ReadContext) => readYouth(read) },
    channelsWards: { topics: () => ["channels", "people"], read: (read: ReadContext) => readWards(read) },
    channelsSettings: { topics: () => ["channels"], read: (read: ReadContext) => readSettings(read) },
    channelsLog: { topics: () => ["channels-log", "people"], read: (read: ReadContext) => readLog(read) },
  },

  api: (context): ChannelsApi => {
    const { db, changed, nowMs } = context;
    const desk = () => deskOf(context);

    function follow(hex: Hex, isOn: boolean): void {
      const channel = hashIn(hex);
      if (isOn && readChannelRow(db, channel) === undefined) throw new ClientError("unknown-message");
      if (isOn === isChannelFollowed(db, channel)) return;
      db.transaction(() => {
        const before = readChannelFollow(db, channel)?.stamp_ms ?? 0;
        const stampMs = Math.max(nowMs(), before + 1);
        writeChannelFollow(db, channel, isOn, stampMs);
        context.tellOwnDevices([followItem(channel, isOn, stampMs)]);
      });
      changed("channels");
      context.sendSoon();
    }

    /** What was done with a film, for taste alone. */
    function learn(hex: Hex, value: number): void {
      const entry = hashIn(hex);
      writeChannelTaste(db, entry, value, nowMs());
      desk().forYou.swiped(hex, value);
      changed("channels");
    }

    const putOf = (id: string) => {
      const row = readChannelPuts(db).find(({ put }) => `${put}` === id);
      if (row === undefined) throw new ClientError("unknown-message");
      return row;
    };

    return {
      async createChannel(profile) {
        const id = await createChannel(context, profile);
        desk().wake();
        return toHex(id);
      },
      async setChannelProfile(channel, change) {
        await setProfile(context, hashIn(channel), change);
        desk().wake();
      },
      askChannelDomain: (channel) => askDomain(context, hashIn(channel)),
      async publishFilm(channel, draft) {
        const put = await publishFilm(context, hashIn(channel), draft);
        desk().wake();
        return `${put}`;
      },
      async publishPictures(channel, draft) {
        const put = await publishPictures(context, hashIn(channel), draft);
        desk().wake();
        return `${put}`;
      },
      async pauseUpload(upload) {
        const { put, state } = putOf(upload);
        if (state === "waiting") setChannelPut(db, put, { state: "paused" });
        changed("channels-mine");
      },
      async resumeUpload(upload) {
        const { put, state } = putOf(upload);
        if (state === "paused" || state === "failed") setChannelPut(db, put, { state: "waiting", fault: "" });
        changed("channels-mine");
        desk().wake();
      },
      async dropUpload(upload) {
        const row = putOf(upload);
        // not a check: what home has taken is withdrawn by its author, not dropped.
        if (row.state === "said") throw new ClientError("too-late");
        db.transaction(() => dropPut(context, row));
        changed("channels-mine");
      },
      async deleteEntry(entry) {
        await withdraw(context, hashIn(entry));
        desk().forYou.learnLater();
        desk().wake();
      },
      async pinEntry(entry, isOn) {
        await pin(context, hashIn(entry), isOn);
        desk().wake();
      },
      async askAuthor(channel, person) {
        askAuthor(context, hashIn(channel), person);
      },
      async unaskAuthor(channel, person) {
        unaskAuthor(context, hashIn(channel), person);
      },
      async answerAuthorAsking(channel, person, isYes) {
        await answerAsking(context, hashIn(channel), person, isYes);
        desk().wake();
      },
      async removeAuthor(channel, key) {
        removeAuthor(context, hashIn(channel), hashIn(key));
        desk().wake();
      },
      followChannel: async (channel) => follow(channel, true),
      unfollowChannel: async (channel) => follow(channel, false),
      async likeFilm(hex, isOn) {
        const entry = hashIn(hex);
        if (readChannelEntry(db, entry) === undefined) throw new ClientError("unknown-message");
        db.transaction(() => {
          const stampMs = Math.max(nowMs(), (readChannelLike(db, entry)?.stamp_ms ?? 0) + 1);
          if (!writeChannelLike(db, entry, isOn, stampMs)) return;
          planLike(context, entry, isOn, readValue(context, "tellsFriends")?.isOn ?? true);
          context.tellOwnDevices([likeItem(entry, isOn, stampMs)]);
        });
        learn(hex, isOn ? swipeValue({ watched: 1, isLiked: true }) : 1);
        context.sendSoon();
        desk().wake();
      },
      async saveFilm(hex, isOn) {
        const entry = hashIn(hex);
        if (readChannelEntry(db, entry) === undefined) throw new ClientError("unknown-message");
        db.transaction(() => {
          const stampMs = Math.max(nowMs(), (readChannelSave(db, entry)?.stamp_ms ?? 0) + 1);
          if (writeChannelSave(db, entry, isOn, stampMs)) context.tellOwnDevices([saveItem(entry, isOn, stampMs)]);
        });
        changed("channels");
        context.sendSoon();
      },
      async commentFilm(entry, text, { answers, penName } = {}) {
        await comment(context, hashIn(entry), text, {
          ...(answers !== undefined && { answers: hashIn(answers) }),
          ...(penName !== undefined && { penName }),
        });
        desk().wake();
      },
      async hideChannelComment(entry, isOn) {
        await hide(context, hashIn(entry), isOn);
        desk().wake();
      },
      async showsFilm(hex) {
        desk().forYou.shows(hex);
        changed("channels");
        await desk().captionsFor(hashIn(hex));
      },
      async watchedFilm(hex, { ms, finished }) {
        const entry = hashIn(hex);
        const row = readChannelEntry(db, entry);
        if (row === undefined || row.shown.length === 0) return;
        const [film] = filmsShown(row);
        const whole = film?.durationMs ?? picturesMs;
        const watchedMs = Math.max(0, Math.min(ms, 4 * 3_600_000));
        addWatched(context, watchedMs);
        const held = readChannelTaste(db).find((one) => equalBytes(one.entry, entry))?.value;
        const value = swipeValue({ watched: finished ? 1 : watchedMs / Math.max(1, whole) });
        // Where whole pages are fetched home learns nothing of what is watched (FY14).
        if (finished && readValue(context, "wholePage") !== true) planView(context, entry);
        // What was liked or turned away stays so.
        if (held === undefined || Math.abs(held) < 2) learn(hex, Math.max(value, held ?? value));
        else changed("channels");
      },
      async notInterested(hex) {
        learn(hex, swipeValue({ watched: 0, isTurnedAway: true }));
      },
      async setTopic(tag, level) {
        writeChannelTopic(db, tagKey(tag), level);
        desk().forYou.arrange();
        changed("channels");
      },
      async setChannelsOrder(order) {
        writeValue(context, "order", order);
        changed("channels");
      },
      async setTellsFriends(isOn) {
        const held = readValue(context, "tellsFriends");
        if (isOn === (held?.isOn ?? true)) return;
        db.transaction(() => {
          const stampMs = Math.max(nowMs(), (held?.stampMs ?? 0) + 1);
          writeValue(context, "tellsFriends", { isOn, stampMs });
          planTells(context, isOn);
          context.tellOwnDevices([settingsItem(isOn, stampMs)]);
        });
        changed("channels");
        context.sendSoon();
        desk().wake();
      },
      async setWholePage(isOn) {
        writeValue(context, "wholePage", isOn);
        changed("channels");
      },
      async setChannelsYouth(args) {
        setYouth(context, args);
        desk().turnsByClock();
      },
      async setWardLimits(ward, limits) {
        setWardLimits(context, ward, limits);
      },
      async forgetTaste() {
        db.transaction(() => forgetChannelTaste(db));
        desk().forget();
        changed("channels");
      },
      async nextPage() {
        desk().forYou.next();
        changed("channels");
      },
      async firstPage() {
        desk().forYou.refresh(true);
        changed("channels");
      },
      lookAtChannels: () => desk().look(),
      showChannels: async (isShown) => desk().show(isShown),
      async searchChannels(words, limit) {
        const match = await matcherOf(words.replaceAll("#", " "));
        return match === undefined
          ? { films: [], channels: [], tags: [] }
          : search(context.read(), words, match, limit);
      },
      async seeChannelsAlarm() {
        writeValue(context, "alarmSeen", nowMs());
        changed("channels");
      },
      checkHeads: (pack, films) => checkHeads(context, pack, films),
      channelFilmList: (film, bytes) => filmList(context, film, bytes),
      channelFilmChunks: (film, bytes, at, count) => filmChunks(context, film, bytes, at, count),
    };
  },
});

const followItem = (channel: Uint8Array, isOn: boolean, stampMs: number) =>
  ({ kind: "channelFollow", channel, isOn, stampMs }) as const;
const likeItem = (entry: Uint8Array, isOn: boolean, stampMs: number) =>
  ({ kind: "channelLike", entry, isOn, stampMs }) as const;
const saveItem = (entry: Uint8Array, isOn: boolean, stampMs: number) =>
  ({ kind: "channelSave", entry, isOn, stampMs }) as const;
const settingsItem = (tellsFriends: boolean, stampMs: number) =>
  ({ kind: "channelSettings", tellsFriends, stampMs }) as const;

/**
 * Whether home's page is the one that this device computes (CH13, CH52). @param films those of the bundle of heads in
 * its order; without them it is fetched.
 * @checks CH52
 */
async function checkHeads(context: FeatureContext, hex: Hex, films?: readonly Hex[]): Promise<boolean | undefined> {
  const { db } = context;
  const hash = hashIn(hex);
  const row = db.get<{ n: number }>("SELECT n FROM channel_packs WHERE hash = ?", hash);
  const pack = row && readChannelPack(db, row.n);
  if (pack === undefined) throw new ClientError("unknown-message");
  const served = films ?? (await servedFilms(context, hex));
  if (served === undefined) return undefined;
  const own = pageFor(context, pack).flatMap((entry) => {
    const [film] = filmsShown(readChannelEntry(db, entry));
    return film === undefined ? [""] : [toHex(film.hash)];
  });
  // What was taken away since has no film that this device knows of: its place is all that is compared.
  const isSame = own.length === served.length && own.every((one, at) => one === "" || one === served[at]);
  if (!isSame) found(context, { what: "page-differs", pack: pack.n });
  return isSame;
}

/** Heads of a page's films: of each its list, and how it begins. */
const headsBytesMax = publicLimits.pageMax << 20;

async function servedFilms({ server }: FeatureContext, pack: Hex): Promise<readonly Hex[] | undefined> {
  const answer = await server.readPublic(`${publicPath}heads/${pack}`, { bytesMax: headsBytesMax });
  if (answer?.status !== 200) return undefined;
  try {
    return new HeadsReader().push(answer.body).map(({ film }) => toHex(film));
  } catch {
    return [];
  }
}
