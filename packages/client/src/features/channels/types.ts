/**
 * What screens and the terminal see of Channels 视频号, and what they may ask (docs/spec/channels.md CH, feed.md FY).
 *
 * Views (live, sent whole when they change):
 *
 *   channelsFeed     [{ tab, limit }]   → ChannelsFeedView     Following, Friends ♥ or For You, in the order to show
 *   channelFilm      [entry]            → ChannelFilmView | undefined    one film, or pictures
 *   channelGap       [entry]            → ChannelGap | undefined         where one was that is not here any more
 *   channel          [channel]          → ChannelView | undefined        a channel's page: profile, pins, grid
 *   channelComments  [entry]            → ChannelCommentsView  two levels
 *   channelsMine     []                 → ChannelsMineView     own channels, uploads, what home did not publish
 *   channelAuthors   [channel]          → ChannelAuthorsView | undefined    of an own channel: who may sign, who is asked
 *   channelsFollowed []                 → readonly ChannelRef[]          those that this person follows
 *   channelsSaved    [{ limit }]        → { films, hasMore }   what this person keeps, the latest kept first
 *   channelsYouth    []                 → ChannelsYouthView    limits of a child: what is left of today, why it is closed
 *   channelsWards    []                 → readonly ChannelWardView[]     whose limits this person sets
 *   channelsSettings []                 → ChannelsSettingsView sliders of topics, by time, screen-time
 *   channelsLog      []                 → ChannelsLogView      packs held, whether they follow, what does not hold
 *
 * An entry and a channel are named by their hashes in hex (64 digits). Films and pictures are public: their bytes are
 * not in the client; the page gets them from `/films/HASH`, where the service worker checks each chunk.
 */
import type { YouthLimits } from "@yanshu/content";
import type { Bytes } from "@yanshu/wire";
import type { Hex, PersonRef, Snippet, Source } from "../../feature.ts";
import type { ChannelDomainView } from "../../values/channel-domain.ts";
import type { ChannelFileView, ChannelRef } from "../../values/public-log.ts";

export type { ChannelDomainView } from "../../values/channel-domain.ts";
export type { ChannelFileView, ChannelRef } from "../../values/public-log.ts";

/** Why a film stands where it stands: what of it is true, and how much of its score that is. */
export type ChannelWhy =
  | { readonly kind: "watched"; readonly entry: Hex; readonly title: string; readonly share: number }
  | { readonly kind: "topic"; readonly tag: string; readonly share: number }
  /** Taste says nothing about it: it is shown to try. */
  | { readonly kind: "unexplained" }
  /** By everybody's ♥ and by time, as for all. */
  | { readonly kind: "page" };

/** What home said of an entry in the open: a decision of a pack, signed. */
export type ChannelDecisionView = {
  readonly action: "remove" | "label";
  readonly reason: string;
  /** Where to object. */
  readonly appeal: string;
};

export type ChannelFilmView = {
  readonly entry: Hex;
  readonly channel: ChannelRef;
  readonly kind: "film" | "pictures";
  /** The day of its author's clock, since 1970-01-01; `atMs` is when this device first held it. */
  readonly day: number;
  readonly atMs: number;
  readonly title: string;
  readonly tags: readonly string[];
  /** One file for a film (the smallest rendition first), one for each picture. */
  readonly files: readonly ChannelFileView[];
  readonly poster?: ChannelFileView;
  /** A thumbhash, 25 bytes or so. */
  readonly thumbhash: Bytes;
  /** Of a film; 0 for pictures. */
  readonly durationMs: number;
  /** BS.1770 in LUFS; the player brings it to -16. */
  readonly loudness: number;
  /** WebVTT; here once the film was on screen (`showsFilm`). */
  readonly captions?: string;
  /** Claims of home, summed over packs. */
  readonly likes: number;
  readonly views: number;
  readonly comments: number;
  readonly isLiked: boolean;
  /** Kept by this person (`channelsSaved`). */
  readonly isSaved: boolean;
  /** Friends who told this device that they like it. */
  readonly likedBy: readonly PersonRef[];
  readonly why: ChannelWhy;
  readonly decision?: ChannelDecisionView;
};

export type ChannelsTab = "following" | "friends" | "for-you";
export type ChannelsFeedArgs = { readonly tab: ChannelsTab; readonly limit: number };

/**
 * A place whose entry is not here: `deleted` by its author, `removed` by home with a decision, `gone` without a word,
 * `unknown`: of a kind that this version does not know.
 */
export type ChannelGap = {
  readonly channel: ChannelRef;
  readonly seq: number;
  readonly why: "deleted" | "removed" | "gone" | "unknown";
  readonly decision?: ChannelDecisionView;
};

export type ChannelsFeedView = {
  readonly films: readonly ChannelFilmView[];
  /** For You alone: the page ends after 24. `pack`: whose page it is, for `/public/heads/HASH`. */
  readonly page?: {
    readonly pack: Hex;
    /** 0 is the newest; `nextPage` goes on. */
    readonly at: number;
    /** How often a page was begun: the same page that begins anew has another number. */
    readonly turn: number;
    readonly size: number;
    /** What of it was on screen. */
    readonly shown: number;
    readonly hasNext: boolean;
    /** All films of the page in the page's own order: what heads are fetched for, the same for everybody. */
    readonly all: readonly Hex[];
  };
  /**
   * Where `wholePage` is on, in each tab and order alike: what a device fetches whole, one after the other (FY14), the
   * first files of the page at which For You stands.
   */
  readonly whole?: readonly { readonly hash: Hex; readonly bytes: number }[];
  readonly hasMore: boolean;
  /** When this device last had packs, in Unix milliseconds; 0: never. */
  readonly lookedMs: number;
  readonly isLooking: boolean;
  /** Something of the packs does not hold (`channelsLog`), and the person has not seen it yet (`seeChannelsAlarm`). */
  readonly hasAlarm: boolean;
  /** Home is away, and what is new came from this home that keeps its packs. */
  readonly mirror?: string;
  /** Why nothing is shown: limits of a child (`channelsYouth`). */
  readonly closed?: ChannelsClosed;
};

/** The minutes of today are over; it is night; For You is not open to this child. */
export type ChannelsClosed = "time" | "night" | "for-you";

/** Without a guardian anybody at this device may change it. */
export type ChannelsYouthView = {
  /** As they are, or as they would be to begin with: 40 minutes, closed from 22:00 to 6:00, no For You. */
  readonly limits: YouthLimits;
  readonly guardian?: PersonRef;
  /** False: the guardian's devices alone change it. */
  readonly mayChange: boolean;
  /** By all own devices that told it, since midnight here. */
  readonly watchedTodayMs: number;
  /** Of today; undefined where there are no limits. */
  readonly leftMs: number | undefined;
  readonly closed?: ChannelsClosed;
};

/** Somebody who asked this person to set their limits. `isSet`: false where none were said yet. */
export type ChannelWardView = { readonly person: PersonRef; readonly limits: YouthLimits; readonly isSet: boolean };

export type ChannelView = ChannelRef & {
  readonly about: string;
  readonly authors: number;
  /** Homes at which it is read while this one is away, by its author's word. */
  readonly mirrors: readonly string[];
  readonly domain?: ChannelDomainView;
  /** Pinned first, then the newest. */
  readonly films: readonly (ChannelFilmView & { readonly isPinned: boolean })[];
  readonly gaps: readonly ChannelGap[];
  readonly likes: number;
};

export type ChannelCommentView = {
  readonly entry: Hex;
  /** Whose pen name it is. */
  readonly by: ChannelRef;
  readonly text: string;
  readonly day: number;
  readonly atMs: number;
  readonly isMine: boolean;
  /** The film's author hid it: shown as that, and its text is empty. */
  readonly isHidden: boolean;
  readonly state: "sending" | "waiting" | "here";
  /** What home says of it: `label` alone, for one that was removed is not among them. */
  readonly decision?: ChannelDecisionView;
  readonly answers: readonly ChannelCommentView[];
};
export type ChannelCommentsView = {
  readonly comments: readonly ChannelCommentView[];
  readonly count: number;
  /** Home took them away: one for each reason and place to object, with how many, and how many of them one's own. */
  readonly removed: readonly {
    readonly decision: ChannelDecisionView;
    readonly count: number;
    readonly mine: number;
  }[];
  /** This person's own film: may hide. */
  readonly mayHide: boolean;
};

/** Authors of a channel, for those alone who are. */
export type ChannelAuthorsView = {
  /** `person`: whose key it is, where this account asked them. `isLeaving`: they are being removed. */
  readonly authors: readonly {
    readonly key: Hex;
    readonly isMe: boolean;
    readonly isLeaving: boolean;
    readonly person?: PersonRef;
  }[];
  /** `hasAgreed`: the log says so soon. */
  readonly asked: readonly { readonly person: PersonRef; readonly hasAgreed: boolean }[];
  readonly mayAsk: boolean;
  /** Home refused the last change. */
  readonly isRefused: boolean;
};

/** `hasAgreed`: this person said yes, and the log does not name them yet. */
export type ChannelAskingView = {
  readonly channel: Hex;
  readonly name: string;
  readonly by: PersonRef;
  readonly hasAgreed: boolean;
};

/** Own entries that home has not published in the packs in which they had to be. */
export type ChannelsMineView = {
  /** The channel by whose name this person comments; none: a pen name is asked for first. */
  readonly pen?: Hex;
  /** Who asks this person to be an author of theirs. */
  readonly askings: readonly ChannelAskingView[];
  readonly channels: readonly (ChannelRef & {
    readonly about: string;
    readonly films: number;
    readonly unpublished: number;
  })[];
  readonly uploads: readonly {
    readonly id: string;
    readonly channel: Hex;
    readonly title: string;
    /** `waiting` for home; `uploading`; `said`: home has it, no pack yet; `failed`: see `fault`. */
    readonly state: "waiting" | "uploading" | "paused" | "said" | "failed";
    readonly done: number;
    readonly total: number;
    readonly fault?: "refused" | "too-large" | "too-often" | "source-gone" | "no-room";
  }[];
  /** Entries that stand in no pack though two were made since: home has not published them. */
  readonly notPublished: readonly { readonly entry: Hex; readonly title: string; readonly day: number }[];
  /** Whether home has Channels, and this account may publish. Undefined until it was reached. */
  readonly mayPublish?: boolean;
};

export type ChannelTopic = { readonly tag: string; readonly films: number; readonly level: ChannelLevel };
/** none, fewer, as usual, more, most. */
export type ChannelLevel = 0 | 1 | 2 | 3 | 4;
export type ChannelsSettingsView = {
  readonly order: "taste" | "time";
  /** Of films that are here, the most frequent first; those with a level of their own always. */
  readonly topics: readonly ChannelTopic[];
  /** What the device keeps of this person's taste, to be forgotten. */
  readonly taste: { readonly watched: number; readonly liked: number; readonly turnedAway: number };
  /** Milliseconds of today, by this device's day. */
  readonly watchedTodayMs: number;
  /** Whether friends are told of a ♥. */
  readonly tellsFriends: boolean;
  /** Whole pages are fetched, and no view is counted: what goes to home tells nothing of what is watched (FY14). */
  readonly wholePage: boolean;
};

export type ChannelsLogView = {
  readonly packs: number;
  readonly newest?: { readonly n: number; readonly hash: Hex };
  readonly entries: number;
  /** What does not hold. Empty: all was checked, and holds. */
  readonly found: readonly {
    readonly what:
      | "pack-signature"
      | "pack-fork"
      | "pack-hour"
      /** After home was put back its packs are others from here on, or are not there. */
      | "packs-anew"
      /** More of one day than a home makes. */
      | "packs-too-many"
      | "entry-signature"
      | "entry-twice"
      | "entry-missing"
      | "entry-gone"
      /** More entries of one day do not hold than are told one by one. */
      | "entries-too-many"
      | "page-differs"
      /** Home drew marks by other keys than it shows to everybody. */
      | "marks-differ"
      | "head-differs";
    readonly pack: number;
    readonly channel?: ChannelRef;
    readonly seq?: number;
    /** Of `head-differs`: the friend whose home shows them other packs. */
    readonly by?: PersonRef;
  }[];
};

export type ChannelProfile = {
  /** At most 64 units. */
  readonly name: string;
  /** At most 512 units. */
  readonly about?: string;
  readonly picture?: ChannelPicture;
  /** Homes that keep this channel too, by name, at most 8: who follows it reads there while home is away. */
  readonly mirrors?: readonly string[];
  /** A domain that says itself that the channel is its own; empty: none. */
  readonly domain?: string;
};

export type ChannelPicture = {
  readonly source: Source;
  readonly mime: "image/webp" | "image/jpeg";
  readonly width: number;
  readonly height: number;
};

/** Hashtags are those of the title (`#春节#`, `#春节 `) and `tags` together. */
export type ChannelFilmDraft = {
  readonly title: string;
  readonly tags?: readonly string[];
  readonly film: {
    readonly source: Source;
    readonly mime: "video/mp4" | "video/webm";
    readonly width: number;
    readonly height: number;
    readonly durationMs: number;
    /** In LUFS; left out where it was not measured. */
    readonly loudness?: number;
  };
  readonly poster?: ChannelPicture;
  /** At most 40 bytes; empty: none. */
  readonly thumbhash: Bytes;
  readonly captions?: string;
};
export type ChannelPicturesDraft = {
  readonly title: string;
  readonly tags?: readonly string[];
  /** 1 to 35. */
  readonly pictures: readonly ChannelPicture[];
  readonly thumbhash: Bytes;
};

/** A film or a channel that was found on this device, with the words that fit. */
export type ChannelHit = ChannelFilmView & Snippet;
export type ChannelsFound = {
  readonly films: readonly ChannelHit[];
  readonly channels: readonly ChannelRef[];
  readonly tags: readonly { readonly tag: string; readonly films: number }[];
};

/**
 * Each resolves when this device has stored the change; what goes to home follows by itself. Rejects with
 * `unknown-message` if there is no such channel or entry.
 */
export type ChannelsApi = {
  /** Resolves with its id. Rejects with `empty`, `too-long`; `not-allowed` where a mirror or a domain is none. */
  readonly createChannel: (profile: ChannelProfile) => Promise<Hex>;
  /** What is left out stays. */
  readonly setChannelProfile: (channel: Hex, change: Partial<ChannelProfile>) => Promise<void>;
  /**
   * Asks the domain that the channel names whether the channel is its own: the domain learns that somebody at this
   * address asked for its list. False where it gave no answer. Rejects with `unknown-message` where none is named.
   */
  readonly askChannelDomain: (channel: Hex) => Promise<boolean>;
  /**
   * Resolves with the upload's id once its bytes are kept on this device: what was chosen may be closed then. Rejects
   * with `empty`, `too-long`, `too-large`.
   */
  readonly publishFilm: (channel: Hex, draft: ChannelFilmDraft) => Promise<string>;
  readonly publishPictures: (channel: Hex, draft: ChannelPicturesDraft) => Promise<string>;
  readonly pauseUpload: (upload: string) => Promise<void>;
  /** Goes on with one that was paused or failed. */
  readonly resumeUpload: (upload: string) => Promise<void>;
  readonly dropUpload: (upload: string) => Promise<void>;
  /** Of an own film or comment: its bytes go from home, its place stays. */
  readonly deleteEntry: (entry: Hex) => Promise<void>;
  readonly pinEntry: (entry: Hex, isOn: boolean) => Promise<void>;
  /** Told to nobody, and to own devices. */
  /**
   * Asks a contact to be an author of an own channel, too. Rejects with `unknown-contact`; `not-allowed` where it has
   * as many as it may have.
   */
  readonly askAuthor: (channel: Hex, person: Hex) => Promise<void>;
  /** Takes that back while it is not answered. */
  readonly unaskAuthor: (channel: Hex, person: Hex) => Promise<void>;
  /** Says yes or no to somebody of `channelsMine.askings`. */
  readonly answerAuthorAsking: (channel: Hex, person: Hex, isYes: boolean) => Promise<void>;
  /** Of `channelAuthors`, also this account's own. Rejects with `not-allowed` for the last one. */
  readonly removeAuthor: (channel: Hex, key: Hex) => Promise<void>;
  readonly followChannel: (channel: Hex) => Promise<void>;
  readonly unfollowChannel: (channel: Hex) => Promise<void>;
  readonly likeFilm: (entry: Hex, isOn: boolean) => Promise<void>;
  /** Keeps it, on all own devices; nobody else is told. */
  readonly saveFilm: (entry: Hex, isOn: boolean) => Promise<void>;
  /** By this person's own channel, which is made with `penName` at the first one. Resolves with nothing to wait for. */
  readonly commentFilm: (
    entry: Hex,
    text: string,
    options?: { readonly answers?: Hex; readonly penName?: string },
  ) => Promise<void>;
  readonly hideChannelComment: (comment: Hex, isOn: boolean) => Promise<void>;
  /**
   * It is on screen now: its place in For You is fixed. Said before `watchedFilm`, which says how long it was, in
   * milliseconds, when it goes.
   */
  readonly showsFilm: (entry: Hex) => Promise<void>;
  readonly watchedFilm: (entry: Hex, watched: { readonly ms: number; readonly finished: boolean }) => Promise<void>;
  readonly notInterested: (entry: Hex) => Promise<void>;
  readonly setTopic: (tag: string, level: ChannelLevel) => Promise<void>;
  readonly setChannelsOrder: (order: "taste" | "time") => Promise<void>;
  /** On all own devices. Off: what friends were told is taken back. */
  readonly setTellsFriends: (isOn: boolean) => Promise<void>;
  /** On this device. */
  readonly setWholePage: (isOn: boolean) => Promise<void>;
  /**
   * Sets what Channels are held to on all devices of this account. From then on a `guardian`, a contact, alone may
   * change it. Rejects with `not-allowed` where there is one, or a number is none; `unknown-contact`.
   */
  readonly setChannelsYouth: (args: { readonly limits: YouthLimits; readonly guardian?: Hex }) => Promise<void>;
  /**
   * For a person of `channelsWards`, by a message in their chat. `isOn: false` lets them go for good. Rejects with
   * `unknown-contact`, `unknown-conversation`.
   */
  readonly setWardLimits: (ward: Hex, limits: YouthLimits) => Promise<void>;
  /** All that this device keeps of what was watched, liked in silence and turned away. */
  readonly forgetTaste: () => Promise<void>;
  /** One more page, or the first again. */
  readonly nextPage: () => Promise<void>;
  readonly firstPage: () => Promise<void>;
  /** Fetches packs now; resolves when that succeeded or failed. */
  readonly lookAtChannels: () => Promise<void>;
  /** While Channels is on screen, packs are looked for each minute. */
  readonly showChannels: (isShown: boolean) => Promise<void>;
  /** The person saw what does not hold: it stays in `channelsLog`, and is no alarm any more, on this device. */
  readonly seeChannelsAlarm: () => Promise<void>;
  /**
   * Whether home's page of this pack is the one that this device computes. @param films hashes of the bundle of heads,
   * in its order, where it was read; without them it is fetched. Undefined where home does not give it.
   */
  readonly checkHeads: (pack: Hex, films?: readonly Hex[]) => Promise<boolean | undefined>;
  /** The list of a film's chunks, checked, as `channelFilmChunks`. */
  readonly channelFilmList: (film: Hex, bytes: number) => Promise<Bytes | undefined>;
  /**
   * Up to eight whole chunks of a public film from the one with index `at` on, each checked: from home, and while it is
   * away from a mirror. `bytes`: the film's length. Undefined where nobody gives them. Rejects with `unknown-message`.
   */
  readonly channelFilmChunks: (film: Hex, bytes: number, at: number, count: number) => Promise<Bytes | undefined>;
  /** On this device, with no request. */
  readonly searchChannels: (words: string, limit: number) => Promise<ChannelsFound>;
};
