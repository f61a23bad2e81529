/**
 * What is said, as a feature of the contract meets it: a message, its marks, and who came to hear of it
 * (../feature.ts).
 */
import type { Body, BodyOf, SyncItem } from "@yanshu/content";
import type { Mark, MessageName, Version } from "@yanshu/store";
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { ConversationDef } from "../kinds/kind.ts";

export type BodyKind = Body["kind"];
export type SyncedKind = SyncItem["kind"];
export type SyncedOf<K extends SyncedKind> = Extract<SyncItem, { readonly kind: K }>;
/** What makes a kind known to a client: of a message, or of what own devices tell one another. */
export type Kind = BodyKind | SyncedKind;

/** The group in which something is said, as its members' policy has it. */
export type GroupFacts = {
  readonly kind: ConversationDef;
  /** Whether this account is its owner or one of its admins. */
  readonly leads: (account: AccountId) => boolean;
  /** Only its leaders change what is shown of it. */
  readonly adminsOnlyEdit: boolean;
};

/** A message that was opened, or that is said here. */
export type Said<K extends BodyKind> = {
  readonly conversation: ConversationId;
  readonly by: AccountId;
  readonly id: ContentId;
  /** By the clock of who says it. */
  readonly sentAtMs: UnixMs;
  /**
   * Its place in the order in which the group's server took what was posted (DS18): it only rises. Absent: not known,
   * as it is said here and home has not shown it yet (`echoed`), or came by another way.
   */
  readonly order?: number;
  readonly body: BodyOf<K>;
  /** Undefined where it is said into a group that is not founded yet. */
  readonly group: GroupFacts | undefined;
  /** An update came to know it: what it did when it came is done. */
  readonly isLate?: true;
  /** By a device that is put out, as of a moment to come: what its author next says of themselves outdoes it (SY90). */
  readonly isOutdone?: true;
  /** It is said on this device, now. */
  readonly isSaidHere?: true;
};

/** Devices came into a group, or somebody did. */
export type Newcomers = {
  readonly conversation: ConversationId;
  readonly group: GroupFacts;
  /** Who let them in. */
  readonly by: AccountId;
  /** Whether this device did. */
  readonly isOurs: boolean;
  /** Whether this account owns the group. */
  readonly owns: boolean;
  /** False: accounts that were in it have more devices now. */
  readonly arePeople: boolean;
};

/** A message that was put into the timeline, however it came here. */
export type Placed<K extends BodyKind> = {
  readonly conversation: ConversationId;
  readonly on: MessageName;
  readonly body: BodyOf<K>;
  /** What it was before, where a newcomer was handed it or the backup brought it. */
  readonly versions?: readonly Version[];
  /** False where nothing that was said of it came before it. */
  readonly hasEarly: boolean;
};

/** What this account did with a message of its own that did not go out, to be said again with it. */
export type SaidAgain = {
  readonly body: Body;
  /** It is said at this moment, under this id. Inside a transaction. */
  readonly stamp: (stampMs: UnixMs, said: ContentId) => void;
};

/** How two words about one mark become one, and how a mark is said again. */
export type MarkRule = {
  /**
   * Of the held mark and the next; the same whichever came first. Absent: the later stamp holds, ties go by the bytes.
   */
  readonly merge?: (held: Mark | undefined, next: Mark) => Mark;
  /**
   * A message that was not sent is said again, and this mark with it: what says the mark, and its value at the new
   * stamp. Absent: it is not said again.
   */
  readonly again?: (on: MessageName, mark: Mark) => Body;
  readonly restamped?: (value: Bytes, stampMs: UnixMs) => Bytes;
};
