/**
 * Search: messages by their words, and chats and people by their names (docs/spec/search.md). What is typed is
 * compared on this device, and leaves it nowhere.
 */
import type { ConversationKind } from "@yanshu/mls";
import type { UnixMs } from "@yanshu/wire";
import type { Hex } from "./hex.ts";
import type { MediaItemBody } from "./media.ts";
import type { Face, PersonRef } from "./people.ts";

export type MessageSearch = {
  /** Any part of what was said; parts between spaces may stand apart. May be empty where something else narrows it down. */
  readonly query: string;
  readonly conversation?: Hex;
  readonly author?: Hex;
  /** `link`: with a web address in it. `media`: pictures and video. Else the kind of what was sent, as `text` or `file`. */
  readonly kind?: string;
  /** Said at or after, and before, by the times that the timeline shows. */
  readonly fromMs?: UnixMs;
  readonly toMs?: UnixMs;
  /** `order` of the last hit held, for what follows it. */
  readonly before?: number;
  /** 1 to 200. */
  readonly limit: number;
};

export type MessageHit = {
  readonly conversation: Hex;
  readonly kind: ConversationKind;
  readonly title: string;
  readonly faces: readonly Face[];
  /** As in the timeline: `timeline` shows what stands around it. */
  readonly order: number;
  readonly id: Hex;
  readonly atMs: UnixMs;
  readonly from: PersonRef & { readonly face: Face };
  /** Its kind, as `text` or `file`. */
  readonly of: string;
  /** Of pictures, video and files: what is needed to show them. */
  readonly media?: MediaItemBody;
  /** What to show of it, on one line; `match` is what was found, and near the beginning. */
  readonly before: string;
  readonly match: string;
  readonly after: string;
};

export type MessageHits = {
  /** The newest first. */
  readonly hits: readonly MessageHit[];
  readonly hasMore: boolean;
};

export type GroupRow = {
  readonly conversation: Hex;
  readonly title: string;
  readonly faces: readonly Face[];
  /** As they are called here, this person left out. */
  readonly members: readonly string[];
};

export type SearchViews = {
  /** Every group that one is in, the hidden too, by name. */
  readonly groups: { readonly args: readonly []; readonly value: readonly GroupRow[] };
};

export type SearchApi = {
  /** Rejects with `too-long` for a query of over 200 characters, and with `storage` while this device cannot search. */
  readonly searchMessages: (search: MessageSearch) => Promise<MessageHits>;
  /**
   * For each day of `starts` but the last (ascending times at which a day begins, at most 64): `order` of the first
   * thing that was said on it, or null. The last ends the day before it.
   */
  readonly daysWithMessages: (conversation: Hex, starts: readonly UnixMs[]) => Promise<readonly (number | null)[]>;
};
