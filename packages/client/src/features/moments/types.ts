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

/** For whom a post is; `only` and `except` name tags and people, and everybody of either. `me`: nobody else. */
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
  /** Its bytes come by `readFile`, how it moves by the view `transfer`. */
  readonly file: FileOf;
  /** The same, small: `bytes` of that file, `from` there on. */
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
  /** The comment that it answers; where that is not here any more, only that it was an answer. */
  readonly answers?: { readonly id: Hex; readonly to?: PersonRef };
  /** `sending`: home does not have it yet. */
  readonly isSending: boolean;
  /** Own ones are deleted; those of others on an own post are hidden. */
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
  /** It calls this person 提醒谁看. */
  readonly mentionsMe: boolean;
  readonly likes: readonly MomentPerson[];
  readonly isLikedByMe: boolean;
  readonly comments: readonly MomentComment[];
  /**
   * Of own posts alone: for whom it is and how many they were, and how far it came. `failed`: it does not go out by
   * itself any more, as where its pictures are gone.
   */
  readonly mine?: {
    readonly audience: MomentAudience;
    readonly count: number;
    readonly mentions: readonly PersonRef[];
    readonly state: "sending" | "sent" | "failed";
    readonly isPinned: boolean;
  };
};

/** One that was found: with what of its words matches, and what stands around that. */
export type MomentHit = MomentView & Snippet;

export type MomentCursor = { readonly atMs: number; readonly id: Hex };
export type MomentRange = { readonly limit: number; readonly before?: MomentCursor };

/** Posts that did not come: of whom, how many; they are being asked for. */
export type MomentGapView = { readonly person: MomentPerson; readonly count: number };

export type MomentsFeedView = {
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  readonly gaps: readonly MomentGapView[];
  /** When this device last looked with success; 0: never. */
  readonly lookedMs: number;
  readonly isLooking: boolean;
};

export type MomentsPageView = {
  readonly person: MomentPerson;
  readonly cover?: MomentPictureView;
  /** Words under the name. */
  readonly signature: string;
  /** In their order; they stand among the posts too. */
  readonly pinned: readonly MomentView[];
  readonly posts: readonly MomentView[];
  readonly hasMore: boolean;
  /** How far back this person's posts are shown to oneself is theirs to say; of one's own page: what friends see. */
  readonly days?: MomentsWindow;
};

/** In days. */
export type MomentsWindow = 3 | 30 | 180 | "all";

export type MomentsNewsItem = {
  readonly kind: "like" | "comment" | "mention" | "status-like";
  /** The word's, or the post's where it calls this person. */
  readonly id: Hex;
  readonly post: Hex;
  readonly by: MomentPerson;
  readonly atMs: number;
  /** Of a comment. */
  readonly text: string;
  /** What is shown of the post beside it. */
  readonly of: { readonly text: string; readonly picture?: MomentPictureView };
  readonly isNew: boolean;
};

export type MomentsNewsView = {
  /** What concerns this person and was not seen: the number in the badge. */
  readonly count: number;
  /** A friend has posted since the feed was last open: the dot, with the newest face. */
  readonly newest?: MomentPerson;
  readonly items: readonly MomentsNewsItem[];
};

export type MomentsSettingsView = {
  /** Off: no tab, no badge, nothing is pulled and nothing is said. */
  readonly isOn: boolean;
  readonly window: MomentsWindow;
};

export type MomentsWithView = {
  readonly chatsOnly: boolean;
  /** They do not see mine. */
  readonly hidesMine: boolean;
  /** I do not see theirs. */
  readonly hidesTheirs: boolean;
  /** They were told where to find what is for them. */
  readonly isShared: boolean;
};

export type MomentStatusView = {
  readonly id: Hex;
  readonly by: MomentPerson;
  /** Which mood or doing: an emoji, or a name that the screens know. */
  readonly icon: string;
  readonly text: string;
  readonly picture?: MomentPictureView;
  readonly place?: MomentPlace;
  readonly atMs: number;
  readonly endsMs: number;
  readonly likes: readonly MomentPerson[];
  readonly isLikedByMe: boolean;
  /** Of one's own alone, as of a post. */
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
  readonly text: string;
  readonly pictures: readonly PictureToSend[];
  /** Of each picture in its order, small, one behind the other: how many bytes; 0: none. At most 256 KiB each. */
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
  /** At most ten, of those for whom it is. */
  readonly mentions?: readonly Hex[];
};

/** What is begun, to be kept on this device: files that were kept before are named by their handles. */
export type MomentDraftKept = Omit<MomentDraft, "pictures" | "previews" | "video"> & {
  readonly pictures: readonly (PictureToSend | { readonly kept: Hex })[];
  readonly video?: NonNullable<MomentDraft["video"]> | { readonly kept: Hex };
};
export type MomentDraftView = Omit<MomentDraft, "pictures" | "previews" | "video"> & {
  readonly pictures: readonly MomentPictureView[];
  readonly video?: MomentVideoView;
};

/** A post as an export has it; of its files the bytes are read by `readFile`. Times are ISO 8601, UTC. */
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
  /** Of own ones: for whom. */
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
 * Each resolves when this device holds the change. Rejects with `unknown-message` where there is no such post or word.
 */
export type MomentsApi = {
  /** Rejects with `empty`, `too-long`, `unknown-contact`, `file-gone`. Resolves with its id. */
  readonly postMoment: (draft: MomentDraft) => Promise<Hex>;
  /**
   * Keeps what is begun in the place of what was kept; `undefined`: nothing any more. Resolves with the handles of its
   * files, pictures in their order. Rejects with `too-long`.
   */
  readonly keepMomentDraft: (
    draft: MomentDraftKept | undefined,
  ) => Promise<{ readonly pictures: readonly Hex[]; readonly video?: Hex }>;
  readonly readMomentDraft: () => Promise<MomentDraftView | undefined>;
  /**
   * An own post that `failed` goes once more to those for whom it was; one that is `sending` is tried at once. Rejects
   * with `source-gone` where a picture of it is not on this device.
   */
  readonly resendMoment: (post: Hex) => Promise<void>;
  /** How many friends this audience is just now. */
  readonly countMomentAudience: (audience: MomentAudience) => Promise<number>;
  /** Of an own post: it goes from home and from the phones of friends as they come by. */
  readonly deleteMoment: (post: Hex) => Promise<void>;
  /** The same, and it stays here for this person alone. */
  readonly makeMomentPrivate: (post: Hex) => Promise<void>;
  /** At most four stand first on the own page. */
  readonly pinMoment: (post: Hex, isOn: boolean) => Promise<void>;
  readonly likeMoment: (post: Hex) => Promise<void>;
  readonly unlikeMoment: (post: Hex) => Promise<void>;
  /** Only friends of both see it. @param answers the comment that it answers. Rejects with `empty`, `too-long`. */
  readonly commentMoment: (post: Hex, text: string, answers?: Hex) => Promise<Hex>;
  /** An own comment. */
  readonly deleteMomentComment: (comment: Hex) => Promise<void>;
  /** Somebody's comment on an own post. */
  readonly hideMomentComment: (comment: Hex) => Promise<void>;
  /** Looks now; resolves when it did, or could not. */
  readonly lookAtMoments: () => Promise<void>;
  /** Whether Moments is on the screen: looked at every twelve seconds. */
  readonly showMoments: (isShown: boolean) => Promise<void>;
  /** The feed was open: the dot goes. */
  readonly seeMoments: () => Promise<void>;
  /** The list of what concerns this person was open: the number goes. */
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
  /** For 24 hours, in the place of the one before. */
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
  /** Own and friends' posts in which these words are found, the newest first; on this device alone. */
  readonly searchMoments: (words: string, limit: number) => Promise<readonly MomentHit[]>;
  /** What an export holds of Moments, the oldest first, page by page; `next`: behind which the next page begins. */
  readonly exportMoments: (
    after?: MomentCursor,
  ) => Promise<{ readonly posts: readonly ExportedMoment[]; readonly next?: MomentCursor }>;
};
