/** What screens see of public accounts 公众号, and what they may ask (docs/spec/articles.md). */
import type { ArticleBlock, ArticleSpan } from "@yanshu/wire";
import type { Hex, Source } from "../../feature.ts";
import type { ChannelDomainView } from "../../values/channel-domain.ts";
import type { ChannelFileView, ChannelRef } from "../../values/public-log.ts";

export type { ArticleSpan } from "@yanshu/wire";

export type AccountRef = ChannelRef;
/** A public picture; its bytes are had by `channelFilmChunks`. */
export type ArticlePicture = ChannelFileView;

export type ArticleRow = {
  readonly entry: Hex;
  readonly account: AccountRef;
  readonly title: string;
  readonly summary: string;
  readonly cover?: ArticlePicture;
  /** The day on which home published it first, since 1970. */
  readonly day: number;
};

export type ArticleBlockView = {
  readonly is: ArticleBlock["is"];
  readonly text: string;
  readonly spans: readonly ArticleSpan[];
  readonly picture?: ArticlePicture;
};

export type ArticleView = ArticleRow & {
  readonly author: string;
  readonly blocks: readonly ArticleBlockView[];
  readonly pictures: readonly ArticlePicture[];
  /** The day of the edition that is shown; absent: it is the first. */
  readonly editedDay?: number;
  readonly comments: number;
  /** Of these, those that the account does not show (PA8). */
  readonly withheld: number;
  /** Home's label. */
  readonly label?: { readonly reason: string; readonly appeal: string };
};

export type AccountMenuButton = { readonly words: string; readonly to?: string; readonly article?: Hex };

export type AccountView = AccountRef & {
  readonly about: string;
  readonly domain?: ChannelDomainView;
  readonly articles: readonly ArticleRow[];
  /** Places where an article stood, or a later edition of one that home removed. */
  readonly gaps: readonly {
    readonly seq: number;
    readonly why: "deleted" | "removed" | "gone" | "unknown";
    readonly reason?: string;
    readonly appeal?: string;
  }[];
  readonly menu: readonly AccountMenuButton[];
  /** Of an own one: articles that no pack has yet. */
  readonly waiting: readonly { readonly title: string; readonly state: "sending" | "said" | "failed" }[];
};

export type ArticlesView = {
  /** Of followed accounts, the newest first. */
  readonly articles: readonly ArticleRow[];
  /** What an account published on a day beyond eight: the rest is folded, and dropped nowhere (PA6). */
  readonly folded: readonly { readonly account: AccountRef; readonly day: number; readonly count: number }[];
  readonly mine: readonly AccountRef[];
};

/** A picture that is new, or one of the edition before, by its hash. */
export type ArticleDraftPicture =
  | {
      readonly source: Source;
      readonly mime: "image/webp" | "image/jpeg";
      readonly width: number;
      readonly height: number;
    }
  | { readonly kept: Hex };

export type ArticleDraft = {
  readonly title: string;
  readonly author?: string;
  readonly summary?: string;
  /** `picture`: a place in `pictures`. */
  readonly blocks: readonly {
    readonly is: ArticleBlockView["is"];
    readonly text: string;
    readonly spans?: readonly ArticleSpan[];
    readonly picture?: number;
  }[];
  readonly pictures?: readonly ArticleDraftPicture[];
  /** A place in `pictures`. */
  readonly cover?: number;
};

export type ArticlesApi = {
  /**
   * Says it in an own account. Resolves once it stands on this device, with its pictures. Rejects with `empty` (no
   * title, no words), `too-long` (more than one entry holds, 16 KiB), `too-large` (a picture), `unknown-message`.
   */
  readonly publishArticle: (account: Hex, draft: ArticleDraft) => Promise<void>;
  /** A later edition of an own article, which takes its place; the first one stays in the log. */
  readonly editArticle: (article: Hex, draft: ArticleDraft) => Promise<void>;
  /** Of an own article: it and all editions go. */
  readonly withdrawArticle: (article: Hex) => Promise<void>;
  /**
   * The buttons at the foot of an own account's page. Rejects with `empty`, `not-allowed` (an address that is none).
   */
  readonly setAccountMenu: (account: Hex, buttons: readonly AccountMenuButton[]) => Promise<void>;
  /** On this device, with no request: articles by their words, and accounts by their names. */
  readonly searchArticles: (
    words: string,
    limit: number,
  ) => Promise<{ readonly articles: readonly ArticleRow[]; readonly accounts: readonly AccountRef[] }>;
};
