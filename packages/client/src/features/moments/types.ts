/**
 * What screens and the terminal see of Moments 朋友圈 and Status 状态, and what they may ask (docs/spec/moments.md MO).
 *
 * Views (live, sent whole when they change):
 *
 *   momentsFeed  [{ limit, before? }]           → MomentsFeedView     friends' posts and own ones, the newest first
 *   momentsOf    [account, { limit, before? }]  → MomentsPageView     one person's page: cover, pins, posts
 *   moment       [id]                           → MomentView | undefined     one post, with all likes and comments
 *   momentsNews  []                             → MomentsNewsView     the red dot, and the list of what concerns me
 *   momentsSettings []                          → MomentsSettingsView on or off, window
 *   momentsWith  [account]                      → MomentsWithView     chats only, hide mine, don't see theirs
 *   statuses     []                             → MomentStatusesView        one's own, and those of friends, for 24 hours
 *
 * A cursor is `{ atMs, id }` of the last post that one has; the next page is what comes before it. Every post of a page
 * brings all its likes and its comments.
 */
import type { MomentAudience as StoredAudience } from "@yanshu/content";
import type { Bytes } from "@yanshu/wire";
import type { Face, Hex, PersonRef, PictureToSend, Snippet, Source, VideoType } from "../../feature.ts";

/**
 * The audience of a post. `only` and `except` name tags and people; a tag means everybody who has it. `me`: nobody
 * else.
 */
export type MomentAudience = {
  readonly who: StoredAudience["who"];
  readonly tags?: readonly string[];
  readonly people?: readonly Hex[];
};

export type MomentPerson = PersonRef & { readonly face: Face };

type FileOf = { readonly handle: Hex; readonly bytes: number; readonly expiresDay: number };
export type MomentPictureView = {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  /** A thumbhash. */
  readonly placeholder: Bytes;
  /** Its bytes come by `readFile`; the view `transfer` shows the progress. */
  readonly file: FileOf;
  /** A small version: `bytes` bytes of that file, from offset `from`. */
  readonly preview?: FileOf & { readonly type: string; readonly from: number };
};
export type MomentVideoView = MomentPictureView & { readonly ms: number; readonly poster: Bytes };

export type MomentPlace = { readonly name: string; readonly lat?: number; readonly lon?: number };
export type MomentLink = { readonly url: string; readonly title: string };

export type MomentComment = {
  readonly id: Hex;
  readonly by: MomentPerson;
  readonly text: string;
  readonly atMs: number;
  /** The comment that it answers; without `to` if that comment is no longer here. */
  readonly answers?: { readonly id: Hex; readonly to?: PersonRef };
  /** True until home has it. */
  readonly isSending: boolean;
  /** Own comments can be deleted; others' comments on an own post can be hidden. */
  readonly may: "delete" | "hide" | undefined;
};

export type MomentView = {
  readonly id: Hex;
  readonly author: MomentPerson;
  readonly atMs: number;
  readonly text: string;
  readonly pictures: readonly MomentPictureView[];
  readonly video?: MomentVideoView;
  readonly link?: MomentLink;
  readonly place?: MomentPlace;
  /** It mentions this person 提醒谁看. */
  readonly mentionsMe: boolean;
  readonly likes: readonly MomentPerson[];
  readonly isLikedByMe: boolean;
  readonly comments: readonly MomentComment[];
  /**
   * Only of own posts: the audience, the number of people in it, and the state of sending. `later`: home gives no more
   * upload tokens today, and it goes by itself once it does; `failed`: it is not retried by itself, for example because
   * its pictures are gone.
   */
  readonly mine?: {
    readonly audience: MomentAudience;
    readonly count: number;
    readonly mentions: readonly PersonRef[];
    readonly state: "sending" | "later" | "sent" | "failed";
    readonly isPinned: boolean;
  };
};

/** A search result, with the matching words and the text around them. */
export type MomentHit = MomentView & Snippet;

export type MomentCursor = { readonly atMs: number; readonly id: Hex };
export type MomentRange = { readonly limit: number; readonly before?: MomentCursor };

/** Missing posts of a person, and their number; this device asks for them. */
export type MomentGapView = { readonly person: MomentPerson; readonly count: number };

export type MomentsFeedView = {
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  readonly gaps: readonly MomentGapView[];
  /** When this device last fetched with success, in Unix milliseconds; 0: never. */
  readonly lookedMs: number;
  readonly isLooking: boolean;
  /** Names of other homes that did not answer when they were asked last: what friends there say is not here yet. */
  readonly away: readonly string[];
};

export type MomentsPageView = {
  readonly person: MomentPerson;
  readonly cover?: MomentPictureView;
  /** The signature under the name. */
  readonly signature: string;
  /** In their order; they are among `posts` too. */
  readonly pinned: readonly MomentView[];
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  /**
   * On another's page: how far back they show their posts to this person. On the own page: how far back friends see.
   */
  readonly days?: MomentsWindow;
};

/** In days. */
export type MomentsWindow = 3 | 30 | 180 | "all";

export type MomentsNewsItem = {
  readonly kind: "like" | "comment" | "mention" | "status-like";
  /** The id of the like or comment, or of the post if that mentions this person. */
  readonly id: Hex;
  readonly post: Hex;
  readonly by: MomentPerson;
  readonly atMs: number;
  /** The text of a comment. */
  readonly text: string;
  /** The excerpt of the post that is shown beside it. */
  readonly of: { readonly text: string; readonly picture?: MomentPictureView };
  readonly isNew: boolean;
};

export type MomentsNewsView = {
  /** The number of unseen items, for the badge. */
  readonly count: number;
  /** Set if a friend has posted since the feed was last open: the dot, with the newest author's picture. */
  readonly newest?: MomentPerson;
  readonly items: readonly MomentsNewsItem[];
};

export type MomentsSettingsView = {
  /** If false: no tab, no badge; nothing is fetched and nothing is sent. */
  readonly isOn: boolean;
  readonly window: MomentsWindow;
  /** Accounts of friends for whom each was decided; see `MomentsWithView`. */
  readonly chatsOnly: readonly Hex[];
  readonly hidesMine: readonly Hex[];
  readonly hidesTheirs: readonly Hex[];
};

export type MomentsWithView = {
  readonly chatsOnly: boolean;
  /** They do not see my posts. */
  readonly hidesMine: boolean;
  /** I do not see their posts. */
  readonly hidesTheirs: boolean;
  /** Whether they have the keys to find posts for them. */
  readonly isShared: boolean;
};

export type MomentStatusView = {
  readonly id: Hex;
  readonly by: MomentPerson;
  /** The mood or activity: an emoji, or a name that the screens know. */
  readonly icon: string;
  readonly text: string;
  readonly picture?: MomentPictureView;
  readonly place?: MomentPlace;
  readonly atMs: number;
  readonly endsMs: number;
  readonly likes: readonly MomentPerson[];
  readonly isLikedByMe: boolean;
  /** Only of the own status, as in a post. */
  readonly mine?: Pick<NonNullable<MomentView["mine"]>, "audience" | "count" | "state">;
};
export type MomentStatusesView = {
  readonly mine?: MomentStatusView;
  /** The newest first. */
  readonly friends: readonly MomentStatusView[];
  /** Friends who have the same icon as this person now. */
  readonly same: readonly MomentPerson[];
};

export type MomentDraft = {
  /** What this device keeps as begun is this one: it goes with being posted (MO151). */
  readonly isBegun?: true;
  readonly text: string;
  readonly pictures: readonly PictureToSend[];
  /** Small versions of all pictures, in order, concatenated: the byte length of each; 0: none. At most 256 KiB each. */
  readonly previews?: {
    readonly source: Source;
    readonly type: PictureToSend["type"];
    readonly bytes: readonly number[];
  };
  readonly video?: {
    readonly source: Source;
    readonly type: VideoType;
    readonly ms: number;
    readonly width: number;
    readonly height: number;
    readonly placeholder: Bytes;
    readonly poster: Bytes;
  };
  readonly link?: MomentLink;
  readonly place?: MomentPlace;
  readonly audience: MomentAudience;
  /** At most ten, all in the audience. */
  readonly mentions?: readonly Hex[];
};

/** A draft to store: files that were stored before are named by their handles. */
export type MomentDraftKept = Omit<MomentDraft, "isBegun" | "pictures" | "previews" | "video"> & {
  readonly pictures: readonly (PictureToSend | { readonly kept: Hex })[];
  readonly video?: NonNullable<MomentDraft["video"]> | { readonly kept: Hex };
};
export type MomentDraftView = Omit<MomentDraft, "isBegun" | "pictures" | "previews" | "video"> & {
  /** Of its last change, on whichever own device. */
  readonly stampMs: number;
  readonly pictures: readonly MomentPictureView[];
  readonly video?: MomentVideoView;
};

/** A post in an export; the files' bytes are read by `readFile`. Times are ISO 8601, UTC. */
export type ExportedMoment = {
  readonly id: Hex;
  readonly at: string;
  readonly from: string;
  readonly account: Hex;
  readonly mine: boolean;
  readonly kind: "moment";
  readonly text: string;
  readonly link?: MomentLink;
  readonly place?: MomentPlace;
  /** The audience, of own posts. */
  readonly audience?: MomentAudience;
  readonly likes: readonly string[];
  readonly comments: readonly {
    readonly id: Hex;
    readonly at: string;
    readonly from: string;
    readonly account: Hex;
    readonly mine: boolean;
    readonly text: string;
    /** Id of the comment that it answers. */
    readonly answers?: Hex;
  }[];
  readonly files: readonly { readonly name: string; readonly type: string; readonly file: FileOf }[];
};

/**
 * Each resolves when this device has stored the change. Rejects with `unknown-message` if there is no such post or
 * comment.
 */
export type MomentsApi = {
  /** Rejects with `empty`, `too-long`, `unknown-contact`, `file-gone`. Resolves with its id. */
  readonly postMoment: (draft: MomentDraft) => Promise<Hex>;
  /**
   * Stores a draft in place of the stored one; `undefined` deletes it, on all own devices. Resolves with the handles of
   * its files, pictures in their order, and the stamp of this change; 0: there is none. Rejects with `too-long`.
   */
  readonly keepMomentDraft: (
    draft: MomentDraftKept | undefined,
  ) => Promise<{ readonly pictures: readonly Hex[]; readonly video?: Hex; readonly stampMs: number }>;
  readonly readMomentDraft: () => Promise<MomentDraftView | undefined>;
  /** The person goes on with the stored draft later: other own devices get it, once home has its files. */
  readonly leaveMomentDraft: () => Promise<void>;
  /**
   * Sends a `failed` own post again to its audience; one that is `sending` is tried at once. Rejects with `source-gone`
   * if one of its pictures is not on this device.
   */
  readonly resendMoment: (post: Hex) => Promise<void>;
  /** The number of friends in this audience now. */
  readonly countMomentAudience: (audience: MomentAudience) => Promise<number>;
  /** Deletes an own post: from home at once, and from friends' devices when they next fetch. */
  readonly deleteMoment: (post: Hex) => Promise<void>;
  /** The same, but it stays visible for this person alone. */
  readonly makeMomentPrivate: (post: Hex) => Promise<void>;
  /** Pins a post on the own page; at most four. */
  readonly pinMoment: (post: Hex, isOn: boolean) => Promise<void>;
  readonly likeMoment: (post: Hex) => Promise<void>;
  readonly unlikeMoment: (post: Hex) => Promise<void>;
  /**
   * Adds a comment, which only friends of both see. Resolves with its id. @param answers the comment that it answers.
   * Rejects with `empty`, `too-long`.
   */
  readonly commentMoment: (post: Hex, text: string, answers?: Hex) => Promise<Hex>;
  /** Deletes an own comment. */
  readonly deleteMomentComment: (comment: Hex) => Promise<void>;
  /** Hides somebody's comment on an own post. */
  readonly hideMomentComment: (comment: Hex) => Promise<void>;
  /** Fetches now; resolves when that succeeded or failed. */
  readonly lookAtMoments: () => Promise<void>;
  /** Tells whether Moments is on screen: while it is, the client fetches every twelve seconds. */
  readonly showMoments: (isShown: boolean) => Promise<void>;
  /** The feed was open: clears the dot. */
  readonly seeMoments: () => Promise<void>;
  /** The news list was open: clears the number. */
  readonly seeMomentsNews: () => Promise<void>;
  readonly setMomentsWindow: (window: MomentsWindow) => Promise<void>;
  readonly setMomentsOn: (isOn: boolean) => Promise<void>;
  /** What is left out stays. Rejects with `unknown-contact`. */
  readonly setMomentsWith: (
    account: Hex,
    change: Partial<Pick<MomentsWithView, "chatsOnly" | "hidesMine" | "hidesTheirs">>,
  ) => Promise<void>;
  /** What is left out stays. */
  readonly setMomentsCover: (change: {
    readonly picture?: PictureToSend;
    readonly signature?: string;
  }) => Promise<void>;
  /** Sets a status for 24 hours, in place of the one before. */
  readonly setStatus: (status: {
    readonly icon: string;
    readonly text: string;
    readonly picture?: PictureToSend;
    readonly place?: MomentPlace;
    readonly audience: MomentAudience;
  }) => Promise<Hex>;
  readonly clearStatus: () => Promise<void>;
  /** ♥ on a status. */
  readonly likeStatus: (status: Hex) => Promise<void>;
  /** Searches own and friends' posts on this device; the newest first. */
  readonly searchMoments: (words: string, limit: number) => Promise<readonly MomentHit[]>;
  /** Moments for an export, the oldest first, page by page; `next`: the cursor after which the next page begins. */
  readonly exportMoments: (
    after?: MomentCursor,
  ) => Promise<{ readonly posts: readonly ExportedMoment[]; readonly next?: MomentCursor }>;
};
