/** Api of the core: what does not belong to one feature. `api.ts` puts it together with what the features add. */

import type { Body } from "@yanshu/content";
import type { ConversationKind } from "@yanshu/mls";
import type { Bytes, UnixMs } from "@yanshu/wire";
import type { ClientErrorCode } from "../errors.ts";
import type { AccountDeletionApi } from "./account-deletion.ts";
import type { ActionLine, ItemActions, TextActions } from "./actions.ts";
import type { ChatMarks, ContactNotes, ContactSource } from "./chat-settings.ts";
import type { FamilyApi, FamilyViews } from "./family.ts";
import type { GroupLinkTerms, GroupsViews, NewcomersSee } from "./groups.ts";
import type { Hex } from "./hex.ts";
import type { HomesApi, HomesViews, OfferedHome } from "./homes.ts";
import type { OftenViews } from "./often.ts";
import type { Face, PersonRef } from "./people.ts";
import type { Privacy } from "./privacy.ts";
import type { CameBack, Passkey, RecoveryApi, RecoveryCard } from "./recovery.ts";
import type { OwnUsername } from "./usernames.ts";
import type { VaultApi, VaultViews } from "./vault.ts";

export type Me = {
  readonly account: Hex;
  readonly device: Hex;
  readonly name: string;
  readonly face: Face;
  /** What follows one's name when one is patted. */
  readonly pat: string;
  /** Whether others may pass on the own card. */
  readonly isPassedOn: boolean;
  readonly privacy: Privacy;
  readonly handle: OwnUsername;
};

export type StatusView = {
  /** `starting`: the store is being opened. `new`: nobody lives here yet. `leaving`: the account is being deleted. */
  readonly phase: "starting" | "new" | "linking" | "ready" | "signed-out" | "leaving";
  /**
   * `offline`: the device has no network; `unreachable`: it has, but home does not answer; `suspended`: home does not
   * let this account in, by the word of the one who runs it.
   */
  readonly network: "online" | "connecting" | "offline" | "unreachable" | "suspended";
  readonly me?: Me;
  readonly server: string;
  /** False when the browser gave no lasting storage. */
  readonly persistent: boolean;
  /** What this device held was lost, and is being put back (docs/spec/store.md ST42). */
  readonly isMending: boolean;
  /** Whether the recovery card was shown and confirmed; until then the master key lives here alone. */
  readonly cardConfirmed: boolean;
  readonly unread: number;
  readonly requests: number;
  /** As many wait as are taken: no further one is before one is answered. */
  readonly areRequestsFull: boolean;
  /** For the connectedness line "Back. Everything is sent". */
  readonly unsent: number;
  /**
   * Somebody is coming back to this account by its family, on a device that is not signed in, and does at that time.
   */
  readonly familyAsk?: { readonly dueAtMs: UnixMs };
  /**
   * Home does not answer: from `fromMs` on the person is asked whether to go on at the reserve (docs/spec/homes.md
   * HM63), or told that any link of another server leads there (HM78). `isMoved`: home answers, and another device of
   * the account went to `reserve` (HM70).
   */
  readonly homeGone?: {
    /** Absent where none is named, or it does not answer either. */
    readonly reserve?: string;
    readonly fromMs: UnixMs;
    readonly isMoved?: true;
    readonly isStrange?: true;
  };
  /** A reserve that home's operator offers, until the person has answered (docs/spec/homes.md HM117). */
  readonly reserveOffer?: OfferedHome;
  /** Where home goes, as its operator says, until the account is there (HM118). */
  readonly homeMoves?: OfferedHome;
  /** What this device had back of people and groups, until the person has read it. */
  readonly cameBack?: CameBack;
};

/** A conversation, as it is named in a list. */
export type Head = {
  readonly kind: ConversationKind;
  readonly title: string;
  readonly faces: readonly Face[];
};

export type ChatState =
  | "open"
  /** They wrote to me first; I have not answered. */
  | "request-in"
  /** I wrote first; they have not answered. */
  | "request-out"
  | "removed"
  | "left"
  /** Its owner ended it. */
  | "dissolved"
  | "blocked"
  /** It was brought from elsewhere, to be read. */
  | "imported"
  /** Paused: its keys do not agree, or two versions of an account exist. */
  | "frozen"
  | "newer-version";

/** The last thing said, for one line of a list; rendered in the reader's language. */
export type Preview<B extends ShownBody = ShownBody> =
  | { readonly kind: "system"; readonly line: SystemLine }
  /** Named in the reader's language; `text` is how it begins: words, a caption, a name, a question, or nothing. */
  | {
      readonly kind: Exclude<B["kind"], "system" | "newer">;
      readonly text: string;
      readonly from?: string;
      readonly mine: boolean;
      /** What its feature says of it in the list, such as that a call was missed. */
      readonly listed?: string;
    }
  | { readonly kind: "none" };

export type ChatRow<B extends ShownBody = ShownBody> = ChatMarks & {
  readonly conversation: Hex;
  readonly kind: ConversationKind;
  readonly title: string;
  /** One face, or up to nine for a group's mosaic. */
  readonly faces: readonly Face[];
  readonly preview: Preview<B>;
  readonly atMs: UnixMs;
  readonly unread: number;
  readonly state: ChatState;
  readonly draft: string;
  /** Something unread names this person, or everybody. */
  readonly mentioned: boolean;
  /** Something of mine here is not sent. */
  readonly failed: boolean;
};

export type SystemLine =
  | { readonly kind: "group-created"; readonly by: PersonRef }
  | { readonly kind: "added"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  | { readonly kind: "removed"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  /** They are not in the group that `by` founded anew, and nobody sent them away. */
  | { readonly kind: "left-out"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  /** They were in the group before, and are not in the one that `by` founded anew. */
  | { readonly kind: "founded-without"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  /** This person was let in by `by`; `people` are those who were let in with them when the group was made. */
  | { readonly kind: "invited"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  /** `by` invited this person to another group under the id of this one (docs/spec/groups.md GR61). */
  | { readonly kind: "invited-beside"; readonly by: PersonRef }
  | { readonly kind: "left"; readonly who: PersonRef }
  /** By the group's link. */
  | { readonly kind: "joined"; readonly people: readonly PersonRef[] }
  /** Shown to those who may decide. */
  | { readonly kind: "asks-in"; readonly who: PersonRef }
  | { readonly kind: "approval"; readonly by: PersonRef; readonly isOn: boolean }
  | { readonly kind: "history"; readonly by: PersonRef; readonly choice: NewcomersSee }
  | { readonly kind: "dissolved"; readonly by: PersonRef }
  | { readonly kind: "renamed"; readonly by: PersonRef; readonly name: string }
  | { readonly kind: "picture-changed"; readonly by: PersonRef }
  | {
      readonly kind: "role";
      readonly by: PersonRef;
      readonly who: PersonRef;
      readonly role: "owner" | "admin" | "member";
    }
  | { readonly kind: "friends" }
  | { readonly kind: "request-sent" }
  /** The other of a chat of two is no contact any more: they have to agree again before they read on. */
  | { readonly kind: "not-contacts" }
  | { readonly kind: "device-added"; readonly who: PersonRef }
  /** Their account was restored on a new device. */
  | { readonly kind: "restored"; readonly who: PersonRef }
  /** `who` keeps a piece by which `of` comes back, or does not any more. One of them is this person. */
  | { readonly kind: "family-piece"; readonly who: PersonRef; readonly of: PersonRef; readonly isOn: boolean }
  /** `isAnswered`: the person saw it, and goes on. */
  | {
      readonly kind: "device-refused" | "account-frozen" | "list-differs";
      readonly who: PersonRef;
      readonly isAnswered: boolean;
    }
  | { readonly kind: "lost"; readonly from: PersonRef; readonly count: number; readonly state: "asking" | "gone" }
  /** By their own word they did not get what was said here of late, though home took it (SY70). */
  | { readonly kind: "unheard"; readonly who: PersonRef }
  | { readonly kind: "fork" }
  /** The server refuses what goes out next, and is asked again. */
  | { readonly kind: "held-up" }
  /** What this person wanted came to nothing: to let these people in, or, with none, another change. */
  | { readonly kind: "not-done"; readonly people: readonly PersonRef[] }
  | { readonly kind: "notice"; readonly by: PersonRef; readonly text: string }
  | { readonly kind: "recreated"; readonly by: PersonRef }
  | { readonly kind: "you-were-removed" }
  | ActionLine;

/** Bodies of the core, and of what is no feature by itself yet. */
export type CoreItemBody =
  | ({ readonly kind: "text"; readonly text: string } & TextActions)
  | { readonly kind: "system"; readonly line: SystemLine }
  /** Too new to read. `fallback`: what it says, in its sender's words. */
  | { readonly kind: "newer"; readonly fallback?: string };
/** What the core knows of any body: that of a feature has fields of its own, which its screens know. */
export type ShownBody =
  | CoreItemBody
  | { readonly kind: Exclude<Body["kind"], "text"> | "group-card"; readonly listed?: string };

export type TimelineItem<B extends ShownBody = ShownBody> = ItemActions & {
  /** Hex content id, or a local id for a system line. */
  readonly id: string;
  /** Orders the timeline; unique. */
  readonly order: number;
  readonly atMs: UnixMs;
  readonly from: PersonRef & { readonly face: Face };
  readonly mine: boolean;
  /** For own items; others' are always "sent". `waiting-tap`: somebody joined since it was written. */
  readonly state: "sending" | "sent" | "failed" | "waiting-tap";
  /**
   * For own items that home has: servers of the chat's other people at which it is not yet, since they have not
   * answered from before it was said (docs/spec/peers.md PE66). Absent: none.
   */
  readonly waitsFor?: readonly string[];
  /** Who handed it over, where it was not heard from whom it is said to be: their word for it is all there is. */
  readonly handedBy?: PersonRef;
  readonly body: B;
};

/** Where a page of a timeline ends, or begins: by the `order` of an item. */
export type TimelineStretch = { readonly before: number } | { readonly from: number };

export type TimelineView<B extends ShownBody = ShownBody> = {
  /** Oldest first. */
  readonly items: readonly TimelineItem<B>[];
  readonly hasOlder: boolean;
  /** Never when the newest were asked for. */
  readonly hasNewer: boolean;
  /** `order` of the first unread item when the chat was opened, if any. */
  readonly firstUnread?: number;
};

export type ContactRow = ContactNotes & {
  readonly account: Hex;
  /** Remark if set, else their own name. */
  readonly name: string;
  readonly ownName: string;
  readonly source?: ContactSource;
  readonly face: Face;
  readonly trust: "scanned" | "introduced" | "none";
  readonly conversation?: Hex;
  readonly blocked: boolean;
  /** They let their card be passed on. */
  readonly isPassedOn: boolean;
};

/** Somebody whom one need not know: of a group that both are in. */
export type PersonView = PersonRef & {
  readonly face: Face;
  /** `requested`: they were asked, and have not answered; `asks`: they wait for an answer. */
  readonly standing: "me" | "contact" | "blocked" | "requested" | "asks" | "new";
  /** Where the request waits, on either side. */
  readonly conversation?: Hex;
  /** Groups that both are in. */
  readonly groups: readonly { readonly conversation: Hex; readonly title: string }[];
};

export type MemberView = PersonRef & {
  readonly face: Face;
  readonly role: "owner" | "admin" | "member";
  readonly isContact: boolean;
  /** What all know them by here: the nickname, else the own name. Never what one calls them oneself. */
  readonly calledHere: string;
};

export type StrayView = Pick<MemberView, "account" | "name" | "isMe" | "face">;

export type ConversationView = Omit<ChatMarks, "isMarkedUnread"> & {
  readonly conversation: Hex;
  readonly kind: ConversationKind;
  readonly title: string;
  readonly faces: readonly Face[];
  readonly state: ChatState;
  readonly trust: "scanned" | "introduced" | "none";
  /** Who introduced the other person, where that is why one trusts that it is them. */
  readonly introducedBy?: string;
  readonly members: readonly MemberView[];
  /** Who is not in it for now, and is let in when they ask, until somebody who may remove sends them away (GR31.2). */
  readonly strays: readonly StrayView[];
  readonly may: {
    readonly write: boolean;
    readonly add: boolean;
    readonly remove: boolean;
    readonly edit: boolean;
    readonly appoint: boolean;
    readonly leave: boolean;
    /** Say who comes in, and by which link. */
    readonly decide: boolean;
    readonly dissolve: boolean;
  };
  /** The group's link, if there is one. */
  readonly link?: GroupLinkTerms;
  /** Who asks to come in waits for owner or admins. */
  readonly isApproved: boolean;
  /** How much of what was said before is handed to newcomers. */
  readonly newcomersSee: NewcomersSee;
  /** How many wait for this person, among others, to decide. */
  readonly asking: number;
  /** One's own in this group; empty: none. */
  readonly nickname: string;
  readonly showsNicknames: boolean;
  readonly draft: string;
  /** A group's, empty when there is none. */
  readonly announcement: string;
  /** The other person of a direct conversation. */
  readonly peer?: Hex;
  /** Other servers, at which somebody here is, that do not answer: what is said waits for them. Absent: none. */
  readonly unreached?: readonly Unreached[];
};

/**
 * `refuses`: the operator of one of the two does not want them to speak, or there are more servers than one list may
 * name. `forgotten`: it is not the one that it was.
 */
export type Unreached = {
  readonly server: string;
  readonly state: "away" | "refuses" | "forgotten";
  readonly sinceMs?: UnixMs;
  /** When what waits longest for it came to home; absent: nothing waits there. */
  readonly waitsSinceMs?: UnixMs;
  /** Members whose home it is. */
  readonly people: readonly Hex[];
};

export type DeviceRow = {
  readonly device: Hex;
  readonly isThis: boolean;
  readonly order: number;
  /** What its person calls it; empty: nothing. */
  readonly name: string;
  /**
   * What it said that it is, such as `Chrome · Windows`, and when it did for the first time; empty and 0: nothing yet.
   */
  readonly made: string;
  readonly sinceMs: UnixMs;
};

export type LinkedPerson = { readonly account: Hex; readonly name: string; readonly face: Face };

/** Both sides of linking, as the screens show it. */
export type LinkingView =
  | { readonly side: "none" }
  /** The new device shows this link as a QR until it is scanned. */
  | { readonly side: "new"; readonly step: "show"; readonly link: string; readonly expiresAtMs: UnixMs }
  /** Word numbers 0–63, in order; both devices show the same four. */
  | {
      readonly side: "new";
      readonly step: "compare";
      readonly words: readonly number[];
      /** Whose account this device is about to join, by the word of the one who scanned. */
      readonly who: LinkedPerson;
      /** Who lived here before, if another: what is kept of them here goes when the person agrees. */
      readonly forgets?: LinkedPerson;
      /**
       * The person agreed by `confirmJoin`, without which this device joins nobody; the other one has not confirmed
       * yet.
       */
      readonly agreed: boolean;
    }
  | { readonly side: "new"; readonly step: "joining"; readonly words: readonly number[] }
  | { readonly side: "old"; readonly step: "waiting" }
  | { readonly side: "old"; readonly step: "compare"; readonly words: readonly number[] }
  | { readonly side: "old"; readonly step: "adding"; readonly done: number; readonly of: number }
  | { readonly side: "old" | "new"; readonly step: "done" }
  | { readonly side: "old" | "new"; readonly step: "stopped"; readonly why: ClientErrorCode };

/** Live views: subscribed to by name, sent whole whenever they change. */
export type CoreViews<B extends ShownBody = ShownBody> = FamilyViews &
  OftenViews &
  GroupsViews &
  VaultViews &
  HomesViews & {
    readonly status: { readonly args: readonly []; readonly value: StatusView };
    readonly chats: { readonly args: readonly []; readonly value: readonly ChatRow<B>[] };
    readonly contacts: { readonly args: readonly []; readonly value: readonly ContactRow[] };
    /** Undefined: nobody of whom this device knows anything. */
    readonly person: { readonly args: readonly [account: Hex]; readonly value: PersonView | undefined };
    /**
     * `limit` newest items. With the `order` of an item as `place`: half of them before it, and half from it on; with a
     * stretch, those next to it.
     */
    readonly timeline: {
      readonly args: readonly [conversation: Hex, limit: number, place?: number | TimelineStretch];
      readonly value: TimelineView<B>;
    };
    readonly conversation: {
      readonly args: readonly [conversation: Hex];
      readonly value: ConversationView | undefined;
    };
    readonly devices: { readonly args: readonly []; readonly value: readonly DeviceRow[] };
    readonly linking: { readonly args: readonly []; readonly value: LinkingView };
  };
export type CoreApi<B extends ShownBody = ShownBody> = FamilyApi &
  AccountDeletionApi &
  RecoveryApi &
  VaultApi &
  HomesApi & {
    /** Messages of a chat from the item of order `from` on, oldest first; `hasNewer` tells whether more follow. */
    readonly exportPage: (conversation: Hex, from: number, limit: number) => Promise<TimelineView<B>>;

    /** `link`: an invite link, or somebody's contact link. With a contact link the request is a second step. */
    readonly createAccount: (args: { name: string; picture?: Bytes; link: string }) => Promise<void>;
    /** Asks home again at once: it did not answer, and somebody waits. */
    readonly tryAgain: () => Promise<void>;
    /** A screen could not show a message: it is counted (`unshown`), and nothing of it is kept. */
    readonly countUnshown: () => Promise<void>;
    /** The chat with oneself on all own devices; made when it is first opened. */
    readonly openOwn: () => Promise<Hex>;
    /** Also answers `waiting-tap`: the person says send it all the same. */
    readonly resend: (id: Hex) => Promise<void>;
    readonly discard: (id: Hex) => Promise<void>;
    /** Servers of a chat that do not answer, as home says now; empty where it has people of home alone. */
    readonly askUnreached: (conversation: Hex) => Promise<readonly Unreached[]>;
    /** What the app warned of was seen, on this device: it is shown in one line from then on. */
    readonly answerNotice: (conversation: Hex, id: Hex) => Promise<void>;

    /** On a device where nobody lives yet: shows a link for a signed-in device to scan. */
    readonly startLinking: () => Promise<void>;
    readonly cancelLinking: () => Promise<void>;
    /** On a signed-in device: answers a scanned device link. */
    readonly scanDevice: (link: string) => Promise<void>;
    /** The person compared the four words. False stops both sides. */
    readonly confirmWords: (same: boolean) => Promise<void>;
    /**
     * On a new device that another account lived on: the words are the same as on the other device, and what is here
     * of the former account may go. False stops both sides and keeps everything.
     */
    readonly confirmJoin: (join: boolean) => Promise<void>;
    readonly revokeDevice: (device: Hex) => Promise<void>;

    /**
     * The card of the master key. While the key is here, or by the passkey. Rejects with `bad-card` where the card was
     * changed since.
     */
    readonly recoveryCard: (passkey?: Passkey) => Promise<RecoveryCard>;
    /** Two of the words, in any script, asked back by their place (from 0). The key then leaves the device. */
    readonly confirmCard: (answers: readonly { place: number; word: string }[]) => Promise<boolean>;
  };
