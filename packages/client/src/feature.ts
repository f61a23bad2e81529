/**
 * Feature: the contract between the core of the client and what a part of the chat does on a device. A feature is one
 * folder or file of `features/`, and one line in `features/index.ts`; it imports this file, `values/` and nothing else
 * of the core (docs/spec/rooms.md RO13). What a kind says is written in @yanshu/content; here stands what a device does
 * with it.
 */
import type { BlobRef, Body, BodyOf, HandedMessage, MarkKind, MediaBody, Quote, SyncItem } from "@yanshu/content";
import type { Crypto } from "@yanshu/mls";
import type { ChatMark, Database, Mark, MessageName, MessageRow, StoredBlob, Version } from "@yanshu/store";
import type {
  AccountHistory,
  AccountId,
  Address,
  Bytes,
  CallArgs,
  CallName,
  CallResult,
  Capability,
  ContentId,
  ConversationId,
  DeviceId,
  UnixMs,
  UploadToken,
} from "@yanshu/wire";
import type { ItemActions, MessageRef } from "./api/actions.ts";
import type { ContactRow, Head, Me } from "./api/core.ts";
import type { Hex } from "./api/hex.ts";
import type { ContactSource } from "./api/lists.ts";
import type { FileView, Source, TransferView } from "./api/media.ts";
import type { Face, PersonRef } from "./api/people.ts";
import type { Outgoing } from "./api/transfers.ts";
import type { Answer } from "./connection/connection.ts";
import type { RoomEvents, RoomLine } from "./connection/room-line.ts";
import type { ConversationDef, ConversationKinds } from "./kinds/kind.ts";
import type { Calls } from "./values/mentions.ts";
import type { StoredLine } from "./values/stored-lines.ts";

export type { LinkView, MentionRange, MessageRef, ReactionView, TextActions, TextExtras } from "./api/actions.ts";
export type { CardItemBody, Standing } from "./api/cards.ts";
export type { GroupCardBody } from "./api/groups.ts";
export type { Hex } from "./api/hex.ts";
export type { ContactNotes, ContactSource } from "./api/lists.ts";
export type {
  MediaItemBody,
  PictureToSend,
  Source,
  TransferView,
  VideoType,
  VoiceType,
} from "./api/media.ts";
export type { Face, PersonRef } from "./api/people.ts";
export type { Privacy } from "./api/privacy.ts";
export type { FavouriteView, ForwardArgs, RecordBody, RecordHead, RecordLine } from "./api/records.ts";
export type { Outgoing } from "./api/transfers.ts";
export { pack, unpack } from "./cbor.ts";
export type { RoomEvents, RoomLine } from "./connection/room-line.ts";
export { ClientError } from "./errors.ts";
export { atMost, chosenName, contentFrom, contentId, filled, idFrom, idOf, nameOf } from "./ids.ts";
export { type ConversationDef, type ConversationKinds, sqlOf } from "./kinds/kind.ts";
export { contactOf } from "./values/contacts.ts";
export { faceOf, firstGraphemes } from "./values/faces.ts";
export { isLinkIn } from "./values/links.ts";
export { matcherOf, type Snippet } from "./values/search/matching.ts";

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
  readonly body: BodyOf<K>;
  /** Undefined where it is said into a group that is not founded yet. */
  readonly group: GroupFacts | undefined;
  /** An update came to know it: what it did when it came is done. */
  readonly isLate?: true;
  /** It is said on this device, now. */
  readonly isSaidHere?: true;
};

/** Files of messages: sealed at the server, moved in the background. Named by a handle, in hex. */
export type FeatureFiles = {
  /** A file to be sent. @throws ClientError `empty`, `too-large` */
  readonly outgoing: (source: Source) => Outgoing;
  /** Who is there now, for a message whose files take a while. @throws ClientError as `send` */
  readonly roster: (conversation: ConversationId) => Bytes | undefined;
  /**
   * Shows a message, and sends it once the server has its files; without files it goes at once. Resolves with its id.
   * Rejects with `unknown-conversation`, `not-allowed`.
   */
  readonly send: (conversation: ConversationId, body: Body, files: readonly Outgoing[], roster?: Bytes) => Promise<Hex>;
  /** Says it once more elsewhere, with copies that the server makes. Rejects with `file-gone`, `offline`. */
  readonly forward: (body: MediaBody, to: ConversationId, roster?: Bytes) => Promise<Hex>;
  /** Brings all of a file here, or goes on with it, up or down. */
  readonly move: (handle: Hex) => void;
  readonly pause: (handle: Hex) => void;
  /** The files that a stored message names, as they stand here. */
  readonly of: (body: Bytes) => readonly StoredBlob[];
  /** Bytes of it that are on this device. */
  readonly held: (file: StoredBlob) => number;
  /** It lies at the server whole, and will tomorrow; and nothing is moving. */
  readonly isFetchable: (file: StoredBlob) => boolean;
  /** From this device alone. */
  readonly removeHere: (file: StoredBlob) => Promise<void>;
  /**
   * Makes the files of a message known that was not sent: inside a transaction; and brings one here from its source.
   */
  readonly learn: (body: Body) => void;
  readonly keep: (file: Outgoing) => Promise<void>;
  /** Bytes from `offset` on, at most 4 MiB; fetched first if they are not here. Fewer at the end. */
  readonly read: (handle: Hex, offset: number, length: number) => Promise<Bytes>;
};

/** What a feature asks of the server, by the calls that are its own. */
export type FeatureServer = {
  /** Resolves with whether this device is signed in; waits a few seconds for it. */
  readonly ready: () => Promise<boolean>;
  readonly isReady: () => boolean;
  /** Opens the connections at once, whatever pause after a failure there was. */
  readonly wake: () => void;
  /** By the connection that is signed in. */
  readonly call: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>>>;
  /**
   * By a connection of its own, paid for with as many tokens, by which no account can be known (docs/spec/delivery.md
   * DS52). Rejects with `offline`, `too-often`, `refused`.
   */
  readonly callPaid: <N extends CallName>(
    name: N,
    tokens: number,
    argsOf: (tokens: readonly UploadToken[]) => CallArgs<N>,
  ) => Promise<CallResult<N>>;
  /** By the connection that names no account; undefined while there is none. */
  readonly callUnnamed: <N extends CallName>(name: N, args: CallArgs<N>) => Promise<Answer<CallResult<N>> | undefined>;
};

/** What adds all devices of an account to a group. */
export type Drawn = {
  readonly packages: readonly { readonly device: DeviceId; readonly bytes: Bytes }[];
  /** Whether the server gave a package of a device that is not listed. */
  readonly hadGhosts: boolean;
  /** By which right they were drawn; undefined where it came from a common group. */
  readonly right?: Capability;
};

/** Chats of two: how one begins, ends, and begins anew. Who may write there follows from `contacts.state`. */
export type DirectChats = {
  readonly with: (account: AccountId) => ConversationId;
  /** @throws ClientError `offline` while this device stands in for one that was lost. */
  readonly mayBegin: () => void;
  /**
   * Asks the server now, so that a right that is over is told to the person who holds it. Without a right by any that
   * is held. Rejects with `offline`, `link-reset`, `link-used-up`, `refused`.
   */
  readonly draw: (account: AccountId, right?: Capability) => Promise<Drawn>;
  /**
   * `first` goes out with the founding. Resolves with the conversation. @param also what belongs to the same
   * transaction.
   */
  readonly begin: (account: AccountId, drawn: Drawn, first: Body, also: () => void) => Promise<Hex>;
  /** This person said yes: groups in which they are known open. Inside a transaction. */
  readonly opened: (account: AccountId) => void;
  /** The other said yes. Inside a transaction. */
  readonly answered: (said: Pick<Said<BodyKind>, "conversation" | "by" | "isLate">) => void;
  /** Nothing goes between the two any more. Inside a transaction. */
  readonly shut: (conversation: ConversationId, state: "declined" | "blocked") => void;
  /** By a group that takes the place of the one before. Inside a transaction. */
  readonly beginAnew: (account: AccountId) => void;
  /** Own devices learn what is so of this contact now. Inside a transaction. */
  readonly tell: (account: AccountId) => void;
  /** What proves their devices to somebody else. Rejects with `unknown-contact`, `account-frozen`. */
  readonly historyOf: (account: AccountId) => Promise<AccountHistory>;
  /** What somebody else knew of their devices. Rejects with `account-frozen`, `refused`. */
  readonly takeHistory: (account: AccountId, history: AccountHistory) => Promise<void>;
};

/** What this person says of themselves. `stampMs`: since when. */
export type OwnProfile = {
  readonly name: string;
  readonly avatar?: Bytes;
  /** What follows their name when they are patted. */
  readonly pat?: string;
};

/** What a feature seals with. */
export type FeatureCrypto = Pick<Crypto, "stretch" | "seal" | "open">;

/**
 * A way by which others come to this person: a right that follows from the secret of their contact link under a label
 * of its own, so that resetting the link ends all of them and who holds one has not the others (docs/spec/identity.md
 * ID10).
 */
export type Reach = {
  readonly label: string;
  /** Whether this person wants to be asked by it. */
  readonly isOpen: (db: Database) => boolean;
};

/** All that a feature may do. It sees neither ratchets nor groups nor the link to the server. */
export type FeatureContext = {
  readonly nowMs: () => UnixMs;
  readonly random: (bytes: number) => Bytes;
  readonly sha256: (data: Bytes) => Bytes;
  readonly crypto: FeatureCrypto;
  /** Runs later; what it throws is counted. */
  readonly after: (ms: number, run: () => void) => void;
  /** The own account. Only where somebody lives on this device. */
  readonly own: () => AccountId;
  readonly device: () => DeviceId;
  readonly files: FeatureFiles;
  readonly server: FeatureServer;
  /** What screens see, read now. */
  readonly read: () => ReadContext;
  /** The server's name: host, with its port if it is not the usual one. */
  readonly serverName: () => string;
  /** If this app speaks to no other server than the one that it was loaded from: that one. */
  readonly onlyServer: () => string | undefined;
  /** For links: the origin under which a server serves the app. */
  readonly originOf: (server: string) => string;
  readonly ownProfile: () => OwnProfile;
  /** Told to all whom this person writes with. @param also what belongs to the same transaction. */
  readonly setOwnProfile: (profile: OwnProfile, also?: () => void) => void;
  /**
   * As it is told to one person alone whom one need not know: with the right to pass on one's card, without the words
   * of a pat.
   */
  readonly profileForOne: () => Omit<BodyOf<"accept">, "kind">;
  readonly directs: DirectChats;
  /** Whether somebody lives on this device. */
  readonly isHome: () => boolean;
  /** Of the own account. */
  readonly devices: () => readonly DeviceId[];
  /** Where this device is reached in the conversations of this account. */
  readonly addresses: () => readonly { readonly conversation: ConversationId; readonly address: Address }[];
  /** The right by which a way leads to this person; undefined while there is none and the server cannot be reached. */
  readonly rightBy: (label: Reach["label"]) => Promise<Bytes | undefined>;
  /** The server learns who may turn to this person, and by what: now, or after the next sign-in. */
  readonly tellReach: () => Promise<void>;
  /** Resolves when all that came is stored. */
  readonly settled: () => Promise<void>;
  /** The store, for the tables of the feature. */
  readonly db: Database;
  /** Views of these topics are read again. */
  readonly changed: (...topics: readonly string[]) => void;
  /** The same for all that shows this conversation. */
  readonly changedIn: (conversation: ConversationId) => void;
  /** Counts what nobody waits for and that failed. */
  readonly failed: (error: unknown) => void;
  /** @throws ClientError `unknown-conversation`; `not-allowed` where nothing can be said. */
  readonly writable: (conversation: Hex) => ConversationId;
  /** What is so of a conversation by its kind. */
  readonly kindOf: (kind: string | undefined) => ConversationDef;
  /**
   * Founds a conversation of a kind that one device makes, with these contacts. Opens a transaction itself. Returns its
   * id.
   * @throws ClientError `empty`, `too-long`, `unknown-contact`
   */
  readonly found: (kind: string, title: string, accounts: readonly Hex[]) => Hex;
  /** Undefined where the group is not founded, or is not here any more. */
  readonly group: (conversation: ConversationId) => GroupFacts | undefined;
  /** @throws ClientError `unknown-message` where it is not here, or holds nothing any more. */
  readonly message: (conversation: ConversationId, message: MessageName) => MessageRow;
  /** The same, decoded. @throws ClientError `unknown-message` where none of this kind is here. */
  readonly find: <K extends BodyKind>(
    conversation: ConversationId,
    message: MessageRef,
    kind: K,
  ) => { readonly name: MessageName; readonly body: BodyOf<K> };
  /**
   * Says it: shown, stored, applied here as everywhere, and queued for the others, in one transaction. Opens that
   * transaction itself. Returns its id, in hex. @param also what belongs to the same transaction, before and after it.
   */
  readonly say: (
    conversation: ConversationId,
    body: Body,
    also?: { readonly before?: () => void; readonly after?: () => void },
  ) => Hex;
  /** Inside a transaction: what a person set on a message. One that was recalled or deleted takes no mark. */
  readonly setMark: (conversation: ConversationId, on: MessageName, mark: Mark) => void;
  readonly marks: (conversation: ConversationId, on: MessageName, kind: MarkKind) => readonly Mark[];
  /** Tells the other own devices, once there are some. Inside a transaction. */
  readonly tellOwnDevices: (items: readonly SyncItem[]) => void;
  /**
   * What was told of it before is not said again to a device that asks: `gone` is, in its place. Inside a transaction.
   */
  readonly forgetTold: (gone: SyncItem, isSame: (item: SyncItem) => boolean) => void;
  /** What waits in the outbox of this conversation, or of all, goes as soon as it can. */
  readonly sendSoon: (conversation?: ConversationId) => void;
  /** What the person decides about a chat, told to the other own devices. Inside a transaction. */
  readonly setChatMark: (conversation: ConversationId, mark: Exclude<ChatMark, "alone">, isOn: boolean) => void;
  /** What is being written there; told to the other own devices once the writing rests. Inside a transaction. */
  readonly keepDraft: (conversation: ConversationId, text: string) => void;
  /** What was said in it goes from this device; what its author stamped after `upToMs` stays. Inside a transaction. */
  readonly clearChat: (conversation: ConversationId, upToMs?: number) => void;
  /** A group that strangers made one a member of, before one has read it: out of it, and nothing of it stays here. */
  readonly leaveUnread: (conversation: ConversationId) => void;
  /** Asks the group to take this, by a commit that goes out as soon as it can. Inside a transaction. */
  readonly changeGroup: (
    conversation: ConversationId,
    change: { readonly kind: "announce"; readonly text: string },
  ) => void;
  /** All that is here of the account goes, and this device signs out. */
  readonly wipe: () => Promise<void>;
  /** A line that this device writes into the chat, for itself. Inside a transaction. @param by absent: this account. */
  readonly line: (conversation: ConversationId, line: StoredLine, by?: AccountId) => void;
  /** What was said is taken back, or goes from this device; its place stays. Inside a transaction. */
  readonly erase: (conversation: ConversationId, message: MessageName, left: "recalled" | "deleted") => void;
  /** What this device says to a device that asks for its own message again. Inside a transaction. */
  readonly rewriteSentCopy: (conversation: ConversationId, message: ContentId, change: (body: Body) => Body) => void;
  /**
   * What was said there reads otherwise from now on, also where this device would say it again. Inside a transaction.
   */
  readonly rewrite: (conversation: ConversationId, message: MessageName, body: Body) => void;
  /** Rooms of the home server, for what is said and not stored (docs/spec/calls.md CA1). */
  readonly rooms: {
    /** Whether the home server has them. Undefined until it was reached. */
    readonly areThere: () => boolean | undefined;
    /** The same of group calls (CA80). */
    readonly haveMedia: () => boolean;
    /** By the clock of the home server. */
    readonly nowMs: () => UnixMs;
    readonly crypto: RoomCrypto;
    readonly enter: (name: Bytes, events: RoomEvents) => RoomLine;
    /** Hears what is said there, without a seat (CA87). It is refused where nobody holds the room open. */
    readonly listen: (name: Bytes, events: RoomEvents) => RoomLine;
    /** The key of a device that is in this conversation now, is listed and not stale. */
    readonly keyOf: (
      conversation: ConversationId,
      device: DeviceId,
    ) => { readonly account: AccountId; readonly key: Bytes } | undefined;
  };
  /** A message in short, for a device that does not have it. @throws ClientError `unknown-message` */
  readonly quoteOf: (conversation: ConversationId, message: MessageName) => Quote;
};

/** What seals and signs in rooms. */
export type RoomCrypto = Pick<
  Crypto,
  "sha256" | "derive" | "seal" | "open" | "verify" | "random" | "sealKeyPair" | "hpkeSeal" | "hpkeOpen"
> & {
  /** By the key of this device. */
  readonly sign: (message: Bytes) => Promise<Bytes>;
};

/** Names and faces, as this person calls people. */
export type PersonHere = PersonRef & {
  readonly face: Face;
  /** As `contacts.state`; undefined for somebody who was never asked. */
  readonly state: string | undefined;
};
export type PeopleReader = {
  /** Reads many at once. */
  readonly load: (accounts: Iterable<Hex>) => void;
  readonly get: (account: Hex) => PersonHere;
  readonly ref: (account: Hex) => PersonRef;
};

/** What a view of a feature is read from. Nothing here writes. */
export type ReadContext = {
  readonly database: Database;
  /** Undefined until somebody lives on this device. */
  readonly own: { readonly account: AccountId; readonly device: DeviceId } | undefined;
  readonly nowMs: UnixMs;
  /** As they are called everywhere, and in one conversation. */
  readonly peopleIn: (conversation?: Bytes) => PeopleReader;
  /** How a file's moving stands. */
  readonly transfer: (handle: Hex) => TransferView;
  readonly fileOf: (ref: BlobRef) => FileView;
  /** Title and faces of conversations, by hex; unknown ones are left out. */
  readonly heads: (conversations: readonly Bytes[]) => ReadonlyMap<Hex, Head>;
  /** Kinds of conversations that this client has. */
  readonly conversations: ConversationKinds;
  readonly contacts: () => readonly ContactRow[];
  /** How one came to know somebody, as `contacts.source` holds it. */
  readonly sourceOf: (stored: string) => ContactSource | undefined;
  /** What a screen shows of a stored message. */
  readonly shown: (row: ShownRow, body: Body, people: PeopleReader) => { readonly kind: string } | undefined;
};

/** The row of a message that is shown. */
export type ShownRow = {
  readonly conversation: Bytes;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly mine: boolean;
};

export type ShowContext = ReadContext & {
  readonly row: ShownRow;
  readonly people: PeopleReader;
  /** What was set on this message, in the order of the stamps. */
  readonly marks: (kind: MarkKind) => readonly Mark[];
};

/** A page of the timeline, for what stands beside its messages. */
export type PageContext = ReadContext & {
  readonly conversation: Bytes;
  readonly people: PeopleReader;
  /** By `messages.position`; undefined for an empty page. */
  readonly first: number | undefined;
  readonly last: number | undefined;
};
export type PageRow = {
  readonly position: number;
  readonly author: Bytes;
  readonly id: Bytes;
  readonly sent_ms: UnixMs;
  readonly edited_ms: UnixMs;
  readonly kind: string;
  readonly mine: boolean;
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
  /** What another own device says. Inside a transaction. @param by that device. */
  readonly take: (context: FeatureContext, item: SyncedOf<K>, by: DeviceId) => void;
};

// biome-ignore lint/suspicious/noExplicitAny: arguments and value are those of the view that the feature defines.
export type ViewDef<A extends readonly unknown[] = any, V = unknown> = {
  /** What may have changed it. */
  readonly topics: (...args: A) => readonly string[];
  readonly read: (context: ReadContext, ...args: A) => V;
};

export type ClientFeature = {
  /** The kinds that a client with this feature knows. Those of other clients are kept for an update. */
  readonly kinds?: readonly Kind[];
  /** Inside the transaction that stores the ratchet. Absent: a message or a notice is shown, a signal does nothing. */
  readonly apply?: { readonly [K in BodyKind]?: (context: FeatureContext, said: Said<K>) => void };
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
  /** What screens may ask. A method resolves when the device's own store holds the change. */
  readonly api?: (context: FeatureContext) => object;
  readonly views?: Readonly<Record<string, ViewDef>>;
  /** What the status tells of the own account, beside its name and face. */
  readonly me?: (read: ReadContext, own: AccountId) => Partial<Me>;
  /**
   * Accounts whose devices a message wakes at once when it goes out so long after it was said. Absent: those of nobody.
   */
  readonly wakes?: { readonly [K in BodyKind]?: (body: BodyOf<K>, ageMs: number) => readonly AccountId[] };
  /** A way to this person of the feature's own. */
  readonly reach?: Reach;
  /** This person has another name or picture, or their contact link another secret. */
  readonly profileChanged?: (context: FeatureContext) => void;
  /** The server was put back to an older state: what it was told is to be told again. Inside a transaction. */
  readonly serverForgot?: (context: FeatureContext) => void;
  /** After each sign-in: what the server has to know of this device. */
  readonly signedIn?: (context: FeatureContext) => Promise<void>;
  /** A moment after something changed, while somebody lives here. */
  readonly later?: (context: FeatureContext) => Promise<void>;
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
