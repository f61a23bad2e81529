/**
 * Feature: the contract between the core of the client and what a part of the chat does on a device. A feature is one
 * folder or file of `features/`, and one line in `features/index.ts`; it imports this file, `values/` and nothing else
 * of the core (docs/spec/rooms.md RO13). What a kind says is written in @yanshu/content; here stands what a device does
 * with it. What a feature is given stands by matter in `contract/`.
 */
import type { Body, BodyOf, HandedMessage, MarkKind } from "@yanshu/content";
import type { MessageName } from "@yanshu/store";
import type { AccountId, Bytes, ConversationId, DeviceId } from "@yanshu/wire";
import type { ItemActions } from "./api/actions.ts";
import type { Me } from "./api/core.ts";
import type { FeatureContext } from "./contract/context.ts";
import type { Reach } from "./contract/person.ts";
import type { EntryReader, PublicLog } from "./contract/public-log.ts";
import type { PageContext, PageRow, ReadContext, ShowContext, ViewDef } from "./contract/reading.ts";
import type {
  BodyKind,
  Kind,
  MarkRule,
  Newcomers,
  Placed,
  Said,
  SaidAgain,
  SyncedKind,
  SyncedOf,
} from "./contract/said.ts";
import type { Calls } from "./values/mentions.ts";

export type { LinkView, MentionRange, MessageRef, ReactionView, TextActions, TextExtras } from "./api/actions.ts";
export type { CardItemBody, Standing } from "./api/cards.ts";
export type { ContactNotes, ContactSource } from "./api/chat-settings.ts";
export type { FavouriteView, ForwardArgs, RecordBody, RecordHead, RecordLine } from "./api/forwarded-messages.ts";
export type { GroupCardBody, NewcomersSee } from "./api/groups.ts";
export type { Hex } from "./api/hex.ts";
export type {
  FileView,
  MediaItemBody,
  PictureToSend,
  Source,
  TransferView,
  VideoType,
  VoiceType,
} from "./api/media.ts";
export type { Face, PersonRef } from "./api/people.ts";
export type { Privacy } from "./api/privacy.ts";
export type { Outgoing } from "./api/transfers.ts";
export { pack, unpack } from "./cbor.ts";
export type { RoomEvents, RoomLine } from "./connection/room-line.ts";
export type { FeatureContext } from "./contract/context.ts";
export type { FeatureCrypto } from "./contract/device.ts";
export type { DirectChats, Drawn } from "./contract/direct-chats.ts";
export type { FeatureFiles } from "./contract/files.ts";
export type { GroupChange, GroupPlace } from "./contract/groups.ts";
export type { Reach } from "./contract/person.ts";
export type { EntryReader, LogFile, PublicLog } from "./contract/public-log.ts";
export type {
  PageContext,
  PageRow,
  PeopleReader,
  PersonHere,
  ReadContext,
  ShowContext,
  ShownRow,
  ViewDef,
} from "./contract/reading.ts";
export type { RoomCrypto } from "./contract/rooms.ts";
export type {
  BodyKind,
  GroupFacts,
  Kind,
  MarkRule,
  Newcomers,
  Placed,
  Said,
  SaidAgain,
  SyncedKind,
  SyncedOf,
} from "./contract/said.ts";
export type { FeatureServer, ServerElsewhere } from "./contract/server.ts";
export { sourceOf } from "./contract/source.ts";
export { ClientError } from "./errors.ts";
export { atMost, chosenName, contentFrom, contentId, filled, hashIn, idFrom, idOf, nameOf } from "./ids.ts";
export { type ConversationDef, sqlOf } from "./kinds/kind.ts";
export { contactOf } from "./values/contacts.ts";
export { faceOf, firstGraphemes } from "./values/faces.ts";
export { groupLinkIn, isLinkIn } from "./values/links.ts";
export { matcherOf, type Snippet } from "./values/search/matching.ts";
export { speakable } from "./values/speakable.ts";

/** What a feature adds to what newcomers are handed of a message (docs/spec/groups.md GR32), in fields of its own. */
export type HandedDef = {
  readonly give: (context: FeatureContext, conversation: ConversationId, on: MessageName) => Partial<HandedMessage>;
  /** After the message was put into the timeline. Inside a transaction. */
  readonly take?: (
    context: FeatureContext,
    conversation: ConversationId,
    on: MessageName,
    record: HandedMessage,
  ) => void;
};

export type SyncedDef<K extends SyncedKind> = {
  /** All of it, for a device that joins. Absent: it is told when it happens, and never again. */
  readonly all?: (context: FeatureContext) => readonly SyncedOf<K>[];
  /**
   * `account`: small, and first of all. `small`: told together with all that is small. `large`: in messages of its own,
   * after the rest. Absent: `small`.
   */
  readonly size?: "account" | "small" | "large";
  /** How many of a large kind share a message. Absent: each has its own. */
  readonly together?: number;
  /** Stands in the recovery record too, for a device that has nothing but the account's master key. */
  readonly isInRecord?: true;
  /** What of it stands there, the most needed first. Absent: all of it. */
  readonly inRecord?: (context: FeatureContext) => readonly SyncedOf<K>[];
  /** What another own device says. Inside a transaction. @param by that device. */
  readonly take: (context: FeatureContext, item: SyncedOf<K>, by: DeviceId) => void;
};

export type ClientFeature = {
  /** The kinds that a client with this feature knows. Those of other clients are kept for an update. */
  readonly kinds?: readonly Kind[];
  /** Inside the transaction that stores the ratchet. Absent: a message or a notice is shown, a signal does nothing. */
  readonly apply?: { readonly [K in BodyKind]?: (context: FeatureContext, said: Said<K>) => void };
  /**
   * What stands in the timeline of this device for a signal of another device, under its name: a message that is unread
   * like any. Undefined: nothing. Of a kind without `apply`. Inside a transaction.
   */
  readonly standsAs?: { readonly [K in BodyKind]?: (context: FeatureContext, said: Said<K>) => Body | undefined };
  /**
   * What of a message stands in the timeline as this device judges it, and whom it calls. Absent: as it was said, and
   * nobody. `group` is undefined where its author is not there any more. Inside a transaction.
   */
  readonly asShown?: {
    readonly [K in BodyKind]?: (
      context: FeatureContext,
      said: Said<K>,
    ) => { readonly body: Omit<BodyOf<K>, "kind">; readonly calls?: Calls };
  };
  /**
   * What a message tells beside what is shown of it. Absent, or undefined: it answers a request by being said. Inside a
   * transaction.
   */
  readonly told?: {
    readonly [K in BodyKind]?: (context: FeatureContext, said: Said<K>) => { readonly isAnswer: false } | undefined;
  };
  /**
   * Returns whether the message reads otherwise now, by what came before it. Inside the transaction that put it there.
   */
  readonly placed?: { readonly [K in BodyKind]?: (context: FeatureContext, placed: Placed<K>) => boolean };
  /** Kinds that say their sender's name and face themselves: no profile has to go ahead of them. */
  readonly tellProfile?: readonly BodyKind[];
  /** Kinds that their feature takes back in its own way: a recall as of other messages does nothing to them. */
  readonly hasOwnRecall?: readonly BodyKind[];
  /** Whether it lacks something that it said at first: of two copies the one that lacks it holds. */
  readonly lacks?: { readonly [K in BodyKind]?: (body: BodyOf<K>) => boolean };
  readonly handed?: HandedDef;
  /** A message that did not go out is said again: as it was at first, and what was done with it after that. */
  readonly unsent?: {
    readonly first: (
      context: FeatureContext,
      conversation: ConversationId,
      on: MessageName,
      body: Bytes,
    ) => Bytes | undefined;
    readonly again: (context: FeatureContext, conversation: ConversationId, on: MessageName) => readonly SaidAgain[];
  };
  /** Told a moment after another device's message was applied, besides what becomes of it in the chat. */
  readonly heard?: { readonly [K in BodyKind]?: (context: FeatureContext, said: Said<K>) => void };
  /**
   * What this device said came back in the group's order, which is the same for all: `order` is set. In the transaction
   * that takes it out of the outbox. What bears such a kind is sent once it came back, and not by home's answer (RP3).
   */
  readonly echoed?: { readonly [K in BodyKind]?: (context: FeatureContext, said: Said<K>) => void };
  /** What a screen shows of a stored message; undefined for what no longer tells anything. */
  readonly show?: {
    readonly [K in BodyKind]?: (context: ShowContext, body: BodyOf<K>) => { readonly kind: string } | undefined;
  };
  /** What stands beside the messages of a page; read for the whole page at once. */
  readonly beside?: (page: PageContext) => (row: PageRow) => Partial<ItemActions>;
  readonly marks?: { readonly [K in MarkKind]?: MarkRule };
  /** What a newcomer is told of what was set before; nothing where somebody else tells it. Inside a transaction. */
  readonly retell?: (context: FeatureContext, newcomers: Newcomers) => readonly Body[];
  readonly synced?: { readonly [K in SyncedKind]?: SyncedDef<K> };
  /** Kinds of entries of the public log that it shows. */
  readonly entries?: Readonly<Record<string, EntryReader>>;
  /** It keeps the public log, and gives it to the others. */
  readonly publicLog?: (context: FeatureContext) => PublicLog;
  /** What screens may ask. A method resolves when the device's own store holds the change. */
  readonly api?: (context: FeatureContext) => object;
  readonly views?: Readonly<Record<string, ViewDef>>;
  /** What the status tells of the own account, beside its name and face. */
  readonly me?: (read: ReadContext, own: AccountId) => Partial<Me>;
  /**
   * Accounts whose devices a message wakes at once when it goes out so long after it was said. Absent: those of nobody.
   */
  readonly wakes?: { readonly [K in BodyKind]?: (body: BodyOf<K>, ageMs: number) => readonly AccountId[] };
  /** The home that this account named to its friends beside what its leaves say (docs/spec/moments.md MO71). */
  readonly homeNamedBy?: (context: FeatureContext, account: AccountId) => string | undefined;
  /** A way to this person of the feature's own. */
  readonly reach?: Reach;
  /** This person has another name or picture, or their contact link another secret. */
  readonly profileChanged?: (context: FeatureContext) => void;
  /** The server was put back to an older state: what it was told is to be told again. Inside a transaction. */
  readonly serverForgot?: (context: FeatureContext) => void;
  /** After each sign-in: what the server has to know of this device. */
  readonly signedIn?: (context: FeatureContext) => Promise<void>;
  /** Topics of which little stands in the device backup: it may wait for half a minute then (ST40). */
  readonly seldomKept?: readonly string[];
  /** Topics of which nothing stands in it: none is made for them. */
  readonly neverKept?: readonly string[];
  /** A moment after something changed, while somebody lives here. */
  readonly later?: (context: FeatureContext) => Promise<void>;
  /**
   * The account is being deleted, and farewell was said: what lies at the server without its name, and what the server
   * cannot take away by itself, goes. Called again after a restart.
   */
  readonly leaving?: (context: FeatureContext) => Promise<void>;
  /** A little of what nobody waits for. Resolves with whether more of it is left. */
  readonly workAhead?: (context: FeatureContext) => Promise<boolean>;
  /** When the client starts on a device where somebody lives. */
  readonly started?: (context: FeatureContext) => void;
  /** A message goes, before its row does. Inside a transaction. */
  readonly erase?: (
    context: FeatureContext,
    conversation: ConversationId,
    name: MessageName,
    left: "recalled" | "deleted",
  ) => void;
};

/** Keeps the exact type, so that the api, the bodies and the views of all features are inferred from the list. */
export const clientFeature = <const F extends ClientFeature>(feature: F): F => feature;
