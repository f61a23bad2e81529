/**
 * Moments 朋友圈 and Status 状态 (docs/spec/moments.md MO): what a device does with them. types.ts says what screens see
 * and may ask; own.ts what this account says; views.ts what is shown; sealed.ts what stands in holes.
 */
import { momentLimits } from "@yanshu/content";
import {
  type MomentRow,
  readMomentFriend,
  readMomentOwnLogs,
  readMomentPlaces,
  readMomentSettings,
  writeMomentFriend,
  writeMomentSettings,
} from "@yanshu/store";
import { type AccountId, type Bytes, fromHex, toHex, type UnixMs } from "@yanshu/wire";
import {
  atMost,
  ClientError,
  clientFeature,
  contactOf,
  type FeatureContext,
  filled,
  type Hex,
  matcherOf,
  type Outgoing,
  type PictureToSend,
  type ReadContext,
} from "../../feature.ts";
import { sendAgain } from "./again.ts";
import { sealAhead } from "./ahead.ts";
import { archiveItems, homeForgot, takeArchive } from "./archive.ts";
import { deskOf, lookingOf } from "./desk.ts";
import { draftItems, dropDraft, keepDraft, leaveDraft, readDraft, takeDraft, tellDraft } from "./draft.ts";
import {
  answerGap,
  logItem,
  placesItems,
  rootItems,
  rootOf,
  takeLog,
  takePlaces,
  takeTold,
  takeToldItem,
  takeToldRoot,
} from "./exchange.ts";
import { exportedPage } from "./exported.ts";
import { takeAsked } from "./gaps.ts";
import {
  heldItems,
  logsInRecord,
  postsInRecord,
  saidItems,
  takeHeld,
  takeSaid,
  takeUnread,
  unreadItems,
} from "./hand.ts";
import { friendsOf } from "./jobs.ts";
import { clearAll } from "./leave.ts";
import { linkFrom, pictureFrom, placeFrom, previewsFrom, videoFrom } from "./made.ts";
import { homeNamedBy } from "./named-home.ts";
import {
  audienceFrom,
  changeSettings,
  hide,
  momentItem,
  ownLike,
  ownPost,
  postBody,
  postHere,
  say,
  settingsItem,
  takeBack,
  takeMoment,
  withdraw,
  wordHere,
} from "./own.ts";
import { takeAgain } from "./pull.ts";
import { meant } from "./sealed.ts";
import { toldItems } from "./told.ts";
import type { MomentDraft, MomentRange, MomentStatusesView, MomentsApi } from "./types.ts";
import { dayMs, dayOf, saidTopic } from "./values.ts";
import {
  bodyOf,
  isNewFed,
  readFeed,
  readNews,
  readOne,
  readPage,
  readSettings,
  readStatuses,
  readWith,
  searchPosts,
} from "./views.ts";

export type {
  ExportedMoment,
  MomentAudience,
  MomentComment,
  MomentCursor,
  MomentDraft,
  MomentDraftKept,
  MomentDraftView,
  MomentGapView,
  MomentHit,
  MomentLink,
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
  MomentVideoView,
  MomentView,
} from "./types.ts";

/** What a person decided is kept soon, whatever happens to the store (ST40, MO85). */
const decided = "moments-decided";
/** What shows posts shows what is said on them. */
const shown = ["moments", saidTopic, "tokens", "people", "contacts"] as const;

async function post(context: FeatureContext, draft: MomentDraft): Promise<Hex> {
  const { text, pictures, video, link, place, audience, mentions = [], isBegun } = draft;
  if (pictures.length > momentLimits.picturesMax || (video !== undefined && pictures.length > 0))
    throw new ClientError("too-long");
  const words = text.trim().toWellFormed();
  if (words.length > momentLimits.textMax) throw new ClientError("too-long");
  if (words === "" && pictures.length === 0 && video === undefined && link === undefined)
    throw new ClientError("empty");
  const stored = audienceFrom(context, audience, mentions);
  const sent: Outgoing[] = [];
  const previews = previewsFrom(context, draft, sent);
  const body = {
    kind: "post",
    text: words,
    pictures: pictures.map((one) => pictureFrom(context, one, sent)),
    ...(previews && { previews }),
    ...(video && { video: videoFrom(context, video, sent) }),
    ...(link && { link: linkFrom(link) }),
    ...(place && { place: placeFrom(place) }),
  } as const;
  await context.files.upload(sent);
  const id = await postBody(context, body, stored, rootOf(context), () => isBegun && dropDraft(context));
  deskOf(context).wake();
  return toHex(id);
}

async function cover(
  context: FeatureContext,
  change: { readonly picture?: PictureToSend; readonly signature?: string; readonly pins?: readonly Bytes[] },
): Promise<void> {
  const { db } = context;
  const before = db.get<MomentRow>(
    "SELECT * FROM moments WHERE author = ? AND kind = 'cover' AND state <> 'gone' ORDER BY at_ms DESC LIMIT 1",
    context.own(),
  );
  const held = before && bodyOf(before);
  const sent: Outgoing[] = [];
  const signature = change.signature === undefined ? (held?.text ?? "") : change.signature.trim().toWellFormed();
  if (signature.length > momentLimits.titleMax) throw new ClientError("too-long");
  const pins = change.pins ?? held?.pins ?? [];
  const pictures = change.picture === undefined ? (held?.pictures ?? []) : [pictureFrom(context, change.picture, sent)];
  await context.files.upload(sent);
  const all = audienceFrom(context, { who: "all" });
  await postBody(
    context,
    { kind: "cover", text: signature, pictures, ...(pins.length > 0 && { pins }) },
    all,
    rootOf(context),
  );
  if (before !== undefined) withdraw(context, before, false, pictures);
  deskOf(context).wake();
}

export const moments = clientFeature({
  kinds: [
    "moments",
    "momentsGap",
    "momentsAgain",
    "momentRoot",
    "momentLog",
    "momentSettings",
    "momentFriend",
    "momentPlaces",
    "momentTold",
    "momentHeld",
    "momentSaid",
    "momentUnread",
    "moment",
    "momentArchive",
    "momentDraft",
  ],

  homeNamedBy: ({ db }, account) => homeNamedBy(db, account),
  apply: { moments: takeTold, momentsGap: takeAsked, momentsAgain: takeAgain },

  heard: {
    moments: (context) => deskOf(context).told(),
    momentsGap: (context, said) => {
      answerGap(context, said);
      deskOf(context).wake();
    },
    momentsAgain: (context) => deskOf(context).told(),
  },

  seldomKept: ["moments"],
  neverKept: [saidTopic, "moments-looking"],

  signedIn: async (context) => deskOf(context).signedIn(),

  serverForgot: homeForgot,

  later: async (context) => {
    tellDraft(context);
    deskOf(context).wake();
  },

  leaving: async (context) => {
    await deskOf(context).end();
    await clearAll(context);
  },

  synced: {
    momentRoot: {
      size: "account",
      isInRecord: true,
      all: rootItems,
      take: takeToldRoot,
    },
    momentLog: {
      isInRecord: true,
      inRecord: logsInRecord,
      all: ({ db }) => readMomentOwnLogs(db).map(logItem),
      take: takeLog,
    },
    momentSettings: {
      isInRecord: true,
      all: ({ db }) => {
        const held = readMomentSettings(db);
        return held.stamp_ms === 0 && held.seen_ms === 0 && held.fed_ms === 0 ? [] : [settingsItem(held)];
      },
      take: ({ db, changed }, { isOn, days, seenMs, fedMs, stampMs }) => {
        const row = {
          is_on: isOn ? 1 : 0,
          days,
          seen_ms: seenMs as UnixMs,
          fed_ms: fedMs as UnixMs,
          stamp_ms: stampMs,
        };
        if (writeMomentSettings(db, row)) changed("moments");
      },
    },
    momentFriend: {
      isInRecord: true,
      all: ({ db }) =>
        db
          .all<{ account: MomentRow["author"] }>("SELECT account FROM moment_friends WHERE stamp_ms > 0")
          .flatMap(({ account }) => friendItem(db, account) ?? []),
      take: ({ db, changed }, { account, chatsOnly, hidesMine, hidesTheirs, stampMs }) => {
        if ((readMomentFriend(db, account)?.stamp_ms ?? 0) >= stampMs) return;
        writeMomentFriend(db, account, {
          chats_only: chatsOnly ? 1 : 0,
          hides_mine: hidesMine ? 1 : 0,
          hides_theirs: hidesTheirs ? 1 : 0,
          stamp_ms: stampMs,
        });
        changed("moments");
      },
    },
    momentPlaces: {
      all: (context) =>
        placesItems(
          context,
          [...readMomentPlaces(context.db).keys()].map((account) => fromHex(account) as AccountId),
        ),
      take: takePlaces,
    },
    momentTold: { size: "large", together: 32, all: toldItems, take: takeToldItem },
    momentHeld: { size: "large", all: heldItems, take: takeHeld },
    momentSaid: { size: "large", all: saidItems, take: takeSaid },
    momentUnread: { size: "large", together: 16, all: unreadItems, take: takeUnread },
    momentArchive: { isInRecord: true, all: archiveItems, take: takeArchive },
    momentDraft: { size: "large", all: draftItems, take: takeDraft },
    moment: {
      size: "large",
      together: 4,
      isInRecord: true,
      inRecord: postsInRecord,
      all: ({ db, own }) =>
        db
          .all<MomentRow>(
            `SELECT * FROM moments WHERE author = ? AND (state <> 'wanted' OR audience IS NOT NULL) ORDER BY at_ms`,
            own(),
          )
          .map((row) => momentItem(row)),
      take: takeMoment,
    },
  },

  views: {
    momentsFeed: {
      topics: (_: MomentRange) => [...shown, "moments-looking"],
      read: (read: ReadContext, range: MomentRange) => readFeed(read, lookingOf(read.database), range),
      endsMs: nextDayMs,
    },
    momentsOf: {
      topics: (_: Hex, __: MomentRange) => shown,
      read: (read: ReadContext, account: Hex, range: MomentRange) => readPage(read, account, range),
      endsMs: nextDayMs,
    },
    moment: {
      topics: (_: Hex) => shown,
      read: (read: ReadContext, id: Hex) => readOne(read, id),
      endsMs: nextDayMs,
    },
    momentsNews: {
      topics: () => ["moments", saidTopic, "people", "contacts"],
      read: (read: ReadContext) => readNews(read),
    },
    momentsSettings: { topics: () => ["moments", "contacts"], read: (read: ReadContext) => readSettings(read) },
    momentsWith: {
      topics: (_: Hex) => ["moments", "contacts"],
      read: (read: ReadContext, account: Hex) => readWith(read, account),
    },
    statuses: {
      topics: () => shown,
      read: (read: ReadContext) => readStatuses(read),
      endsMs: ({ mine, friends }: MomentStatusesView) =>
        Math.min(...[...friends, ...(mine ? [mine] : [])].map(({ endsMs }) => endsMs)),
    },
  },

  api: (context): MomentsApi => {
    const { db, changed, nowMs } = context;

    async function like(hex: Hex): Promise<void> {
      const row = postHere(context, hex);
      if (ownLike(context, row.id) === undefined) say(context, row, { kind: "like", text: "" });
      rootOf(context);
      deskOf(context).wake();
    }

    return {
      postMoment: (draft) => post(context, draft),
      countMomentAudience: async (audience) => meant(audienceFrom(context, audience), friendsOf(context)).length,
      async deleteMoment(hex) {
        withdraw(context, ownPost(context, hex), false);
        deskOf(context).wake();
      },
      async makeMomentPrivate(hex) {
        withdraw(context, ownPost(context, hex), true);
        deskOf(context).wake();
      },
      async pinMoment(hex, isOn) {
        const { id } = ownPost(context, hex);
        const row = db.get<MomentRow>(
          "SELECT * FROM moments WHERE author = ? AND kind = 'cover' AND state <> 'gone' ORDER BY at_ms DESC LIMIT 1",
          context.own(),
        );
        const others = ((row && bodyOf(row))?.pins ?? []).filter((one) => toHex(one) !== toHex(id));
        if (isOn && others.length >= momentLimits.pinsMax) throw new ClientError("too-long");
        await cover(context, { pins: isOn ? [id, ...others] : others });
      },
      likeMoment: like,
      likeStatus: like,
      async unlikeMoment(hex) {
        const word = ownLike(context, postHere(context, hex).id);
        if (word !== undefined) takeBack(context, word);
        deskOf(context).wake();
      },
      async commentMoment(hex, text, answers) {
        const row = postHere(context, hex);
        const said = filled(text, momentLimits.wordTextMax);
        const word = answers === undefined ? undefined : wordHere(context, answers);
        if (word !== undefined && (word.kind !== "comment" || toHex(word.post) !== toHex(row.id)))
          throw new ClientError("unknown-message");
        rootOf(context);
        const id = say(context, row, { kind: "comment", text: said, ...(word && { answers: word }) });
        deskOf(context).wake();
        return id;
      },
      async deleteMomentComment(hex) {
        const word = wordHere(context, hex);
        if (toHex(word.author) !== toHex(context.own())) throw new ClientError("unknown-message");
        takeBack(context, word);
        deskOf(context).wake();
      },
      async hideMomentComment(hex) {
        hide(context, wordHere(context, hex));
        deskOf(context).wake();
      },
      lookAtMoments: async () => {
        rootOf(context);
        await deskOf(context).look();
      },
      async showMoments(isShown) {
        if (isShown) rootOf(context);
        deskOf(context).show(isShown);
      },
      keepMomentDraft: (draft) => keepDraft(context, draft),
      readMomentDraft: async () => {
        sealAhead(context); // Somebody is about to write.
        return readDraft(context);
      },
      leaveMomentDraft: async () => leaveDraft(context),
      resendMoment: (hex) => sendAgain(context, hex),
      async seeMoments() {
        // Others may have what came there later than here: they are told all the same.
        if (context.devices().length > 1 || isNewFed(context)) changeSettings(context, { fed_ms: nowMs() });
      },
      seeMomentsNews: async () => changeSettings(context, { seen_ms: nowMs() }),
      async setMomentsWindow(window) {
        changeSettings(context, { days: window === "all" ? 0 : window });
        changed(decided);
      },
      async setMomentsOn(isOn) {
        changeSettings(context, { is_on: isOn ? 1 : 0 });
        changed(decided);
        deskOf(context).wake();
      },
      async setMomentsWith(hex, change) {
        const account = contactOf(db, hex);
        db.transaction(() => {
          const held = readMomentFriend(db, account);
          const stamp_ms = Math.max(nowMs(), (held?.stamp_ms ?? 0) + 1);
          writeMomentFriend(db, account, {
            ...(change.chatsOnly !== undefined && { chats_only: change.chatsOnly ? 1 : 0 }),
            ...(change.hidesMine !== undefined && { hides_mine: change.hidesMine ? 1 : 0 }),
            ...(change.hidesTheirs !== undefined && { hides_theirs: change.hidesTheirs ? 1 : 0 }),
            stamp_ms,
          });
          context.tellOwnDevices(friendItem(db, account) ?? []);
        });
        changed("moments", decided);
        context.sendSoon();
        deskOf(context).wake();
      },
      setMomentsCover: (change) => cover(context, change),
      async setStatus({ icon, text, picture, place, audience }) {
        const sent: Outgoing[] = [];
        const before = ownStatuses(context);
        const body = {
          kind: "status",
          text: atMost(text.trim().toWellFormed(), momentLimits.titleMax),
          pictures: picture === undefined ? [] : [pictureFrom(context, picture, sent)],
          icon: filled(icon, momentLimits.iconMax),
          ...(place && { place: placeFrom(place) }),
        } as const;
        const stored = audienceFrom(context, audience);
        await context.files.upload(sent);
        const id = await postBody(context, body, stored, rootOf(context));
        for (const row of before) withdraw(context, row, false);
        deskOf(context).wake();
        return toHex(id);
      },
      async clearStatus() {
        for (const row of ownStatuses(context)) withdraw(context, row, false);
        deskOf(context).wake();
      },
      async searchMoments(words, limit) {
        const match = await matcherOf(words);
        if (match === undefined) return [];
        return searchPosts(context.read(), match, limit);
      },
      exportMoments: async (after) => exportedPage(context.read(), after),
    };
  },
});

/** A window ends with a day. */
function nextDayMs(_: unknown, { nowMs }: ReadContext): number {
  return (dayOf(nowMs) + 1) * dayMs;
}

function ownStatuses({ db, own }: FeatureContext): readonly MomentRow[] {
  return db.all<MomentRow>("SELECT * FROM moments WHERE author = ? AND kind = 'status' AND state <> 'gone'", own());
}

function friendItem(db: FeatureContext["db"], account: MomentRow["author"]) {
  const row = readMomentFriend(db, account);
  if (row === undefined) return undefined;
  return [
    {
      kind: "momentFriend",
      account,
      chatsOnly: row.chats_only === 1,
      hidesMine: row.hides_mine === 1,
      hidesTheirs: row.hides_theirs === 1,
      stampMs: row.stamp_ms,
    },
  ] as const;
}
