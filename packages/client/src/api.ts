/**
 * Api: what screens and the terminal may ask of the client, and what they see. Plain values only
 * (structured clone), ids as lowercase hex, so that it crosses a worker boundary as it is.
 *
 * `ClientApi` methods answer when the device's own store holds the change: nothing here waits for
 * the network but `createAccount`, `requestContact` and `resetLink`, which cannot do without it.
 * A method rejects with `ClientError`, whose `code` the screens put into words.
 */
import type { Bytes, UnixMs } from "@yanshu/wire";

export type Hex = string;

export type ClientErrorCode =
  | "bad-link"
  | "own-link"
  | "offline"
  | "server-unreachable"
  | "wrong-server"
  | "link-used-up"
  | "link-reset"
  | "not-allowed"
  | "bad-name"
  | "bad-picture"
  | "too-long"
  | "empty"
  | "unknown-conversation"
  | "unknown-contact"
  | "words-differ"
  | "link-expired"
  | "last-admin"
  | "account-frozen"
  | "no-account"
  | "has-account"
  | "storage"
  | "refused";

export class ClientError extends Error {
  override name = "ClientError";
  readonly code: ClientErrorCode;
  constructor(code: ClientErrorCode) {
    super(code);
    this.code = code;
  }
}

/** A face: a picture, or a seal with one character on one of 7 pigments. */
export type Face = {
  readonly picture?: Bytes;
  /** What the seal shows: surname (Han) or initial. */
  readonly seal: string;
  /** 1 to 7, by account hash. */
  readonly pigment: number;
};

export type Me = { readonly account: Hex; readonly device: Hex; readonly name: string; readonly face: Face };

export type StatusView = {
  /** `starting`: the store is being opened. `new`: nobody lives here yet. */
  readonly phase: "starting" | "new" | "linking" | "ready" | "signed-out";
  /** `offline`: the device has no network; `unreachable`: it has, but home does not answer. */
  readonly network: "online" | "connecting" | "offline" | "unreachable";
  readonly me?: Me;
  readonly server: string;
  /** False when the browser gave no lasting storage. */
  readonly persistent: boolean;
  /** Whether the recovery card was shown and confirmed; until then the master key lives here alone. */
  readonly cardConfirmed: boolean;
  readonly unread: number;
  readonly requests: number;
  /** For the connectedness line "Back. Everything is sent". */
  readonly unsent: number;
};

export type ChatState =
  | "open"
  /** They wrote to me first; I have not answered. */
  | "request-in"
  /** I wrote first; they have not answered. */
  | "request-out"
  | "removed"
  | "left"
  | "blocked"
  /** Paused: its keys do not agree, or two versions of an account exist. */
  | "frozen"
  | "newer-version";

/** The last thing said, for one line of a list; rendered in the reader's language. */
export type Preview =
  | { readonly kind: "text"; readonly text: string; readonly from?: string; readonly mine: boolean }
  | { readonly kind: "system"; readonly line: SystemLine }
  | { readonly kind: "none" };

export type ChatRow = {
  readonly conversation: Hex;
  readonly kind: "direct" | "group" | "own";
  readonly title: string;
  /** One face, or up to nine for a group's mosaic. */
  readonly faces: readonly Face[];
  readonly preview: Preview;
  readonly atMs: UnixMs;
  readonly unread: number;
  readonly state: ChatState;
  readonly draft: string;
  /** Something of mine here is not sent. */
  readonly failed: boolean;
};

export type PersonRef = { readonly account: Hex; readonly name: string; readonly isMe: boolean };

export type SystemLine =
  | { readonly kind: "group-created"; readonly by: PersonRef }
  | { readonly kind: "added"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  | { readonly kind: "removed"; readonly by: PersonRef; readonly people: readonly PersonRef[] }
  | { readonly kind: "left"; readonly who: PersonRef }
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
  | { readonly kind: "device-added"; readonly who: PersonRef }
  | { readonly kind: "device-refused"; readonly who: PersonRef }
  | { readonly kind: "account-frozen"; readonly who: PersonRef }
  | { readonly kind: "lost"; readonly from: PersonRef; readonly count: number; readonly state: "asking" | "gone" }
  | { readonly kind: "fork" }
  | { readonly kind: "refounded"; readonly by: PersonRef }
  | { readonly kind: "you-were-removed" };

export type TimelineItem = {
  /** Hex content id, or a local id for a system line. */
  readonly id: string;
  /** Orders the timeline; unique. */
  readonly order: number;
  readonly atMs: UnixMs;
  readonly from: PersonRef & { readonly face: Face };
  readonly mine: boolean;
  /** For own items; others' are always "sent". `waiting-tap`: somebody joined since it was written. */
  readonly state: "sending" | "sent" | "failed" | "waiting-tap";
  readonly body:
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "system"; readonly line: SystemLine }
    | { readonly kind: "newer" };
};

export type TimelineView = {
  /** Oldest first. */
  readonly items: readonly TimelineItem[];
  readonly hasOlder: boolean;
  /** `order` of the first unread item when the chat was opened, if any. */
  readonly firstUnread?: number;
};

export type ContactRow = {
  readonly account: Hex;
  /** Remark if set, else their own name. */
  readonly name: string;
  readonly ownName: string;
  readonly remark: string;
  readonly face: Face;
  readonly trust: "scanned" | "introduced" | "none";
  readonly conversation?: Hex;
  readonly blocked: boolean;
};

export type RequestRow = {
  readonly conversation: Hex;
  readonly account: Hex;
  readonly name: string;
  readonly face: Face;
  readonly greeting: string;
  readonly atMs: UnixMs;
};

export type MemberView = PersonRef & {
  readonly face: Face;
  readonly role: "owner" | "admin" | "member";
  readonly isContact: boolean;
};

export type ConversationView = {
  readonly conversation: Hex;
  readonly kind: "direct" | "group" | "own";
  readonly title: string;
  readonly faces: readonly Face[];
  readonly state: ChatState;
  readonly trust: "scanned" | "introduced" | "none";
  readonly members: readonly MemberView[];
  readonly may: {
    readonly write: boolean;
    readonly add: boolean;
    readonly remove: boolean;
    readonly edit: boolean;
    readonly appoint: boolean;
    readonly leave: boolean;
  };
  readonly draft: string;
  /** The other person of a direct conversation. */
  readonly peer?: Hex;
};

export type DeviceRow = { readonly device: Hex; readonly isThis: boolean; readonly order: number };

/** Both sides of linking, as the screens show it. */
export type LinkingView =
  | { readonly side: "none" }
  /** The new device shows this link as a QR until it is scanned. */
  | { readonly side: "new"; readonly step: "show"; readonly link: string; readonly expiresAtMs: UnixMs }
  /** Word numbers 0–63, in order; both devices show the same four. */
  | { readonly side: "new"; readonly step: "compare"; readonly words: readonly number[] }
  | { readonly side: "new"; readonly step: "joining"; readonly words: readonly number[] }
  | { readonly side: "old"; readonly step: "waiting" }
  | { readonly side: "old"; readonly step: "compare"; readonly words: readonly number[] }
  | { readonly side: "old"; readonly step: "adding"; readonly done: number; readonly of: number }
  | { readonly side: "old" | "new"; readonly step: "done" }
  | { readonly side: "old" | "new"; readonly step: "stopped"; readonly why: ClientErrorCode };

/** What a link means to whoever opened it. */
export type LinkPreview =
  | { readonly kind: "invite"; readonly server: string }
  | {
      readonly kind: "contact";
      readonly account: Hex;
      readonly name: string;
      readonly face: Face;
      readonly server: string;
      readonly standing: "new" | "contact" | "requested" | "self";
      /** The conversation there already is, if any. */
      readonly conversation?: Hex;
    }
  | { readonly kind: "device"; readonly server: string };

/** Live views: subscribed to by name, sent whole whenever they change. */
export type Views = {
  readonly status: { readonly args: readonly []; readonly value: StatusView };
  readonly chats: { readonly args: readonly []; readonly value: readonly ChatRow[] };
  readonly contacts: { readonly args: readonly []; readonly value: readonly ContactRow[] };
  readonly requests: { readonly args: readonly []; readonly value: readonly RequestRow[] };
  /** `limit` newest items; ask again with a larger one to page back. */
  readonly timeline: { readonly args: readonly [conversation: Hex, limit: number]; readonly value: TimelineView };
  readonly conversation: { readonly args: readonly [conversation: Hex]; readonly value: ConversationView | undefined };
  readonly devices: { readonly args: readonly []; readonly value: readonly DeviceRow[] };
  readonly linking: { readonly args: readonly []; readonly value: LinkingView };
};
export type ViewName = keyof Views;

export type ClientApi = {
  /** `link`: an invite link, or somebody's contact link. With a contact link the request is a second step. */
  readonly createAccount: (args: { name: string; picture?: Bytes; link: string }) => Promise<void>;
  readonly readLink: (text: string) => Promise<LinkPreview>;
  readonly myLink: () => Promise<string>;
  readonly resetLink: () => Promise<string>;
  readonly setProfile: (args: { name: string; picture?: Bytes }) => Promise<void>;

  /** Answers the conversation; `scanned` when the code was read by this device's camera. */
  readonly requestContact: (args: { link: string; greeting: string; scanned: boolean }) => Promise<Hex>;
  readonly acceptRequest: (conversation: Hex) => Promise<void>;
  readonly declineRequest: (conversation: Hex) => Promise<void>;
  readonly setRemark: (account: Hex, remark: string) => Promise<void>;
  readonly block: (account: Hex) => Promise<void>;
  readonly unblock: (account: Hex) => Promise<void>;
  /** The direct conversation with a contact. */
  readonly openDirect: (account: Hex) => Promise<Hex>;

  readonly sendText: (conversation: Hex, text: string) => Promise<Hex>;
  /** Also answers `waiting-tap`: the person says send it all the same. */
  readonly resend: (id: Hex) => Promise<void>;
  readonly discard: (id: Hex) => Promise<void>;
  readonly markRead: (conversation: Hex) => Promise<void>;
  readonly setDraft: (conversation: Hex, text: string) => Promise<void>;

  readonly createGroup: (args: { name: string; accounts: readonly Hex[] }) => Promise<Hex>;
  readonly addMembers: (conversation: Hex, accounts: readonly Hex[]) => Promise<void>;
  readonly removeMember: (conversation: Hex, account: Hex) => Promise<void>;
  readonly leaveGroup: (conversation: Hex) => Promise<void>;
  readonly renameGroup: (conversation: Hex, name: string) => Promise<void>;
  readonly setGroupPicture: (conversation: Hex, picture: Bytes | undefined) => Promise<void>;
  readonly setRole: (conversation: Hex, account: Hex, role: "owner" | "admin" | "member") => Promise<void>;

  /** On a device where nobody lives yet: shows a link for a signed-in device to scan. */
  readonly startLinking: () => Promise<void>;
  readonly cancelLinking: () => Promise<void>;
  /** On a signed-in device: answers a scanned device link. */
  readonly scanDevice: (link: string) => Promise<void>;
  /** The person compared the four words. False stops both sides. */
  readonly confirmWords: (same: boolean) => Promise<void>;
  readonly revokeDevice: (device: Hex) => Promise<void>;

  /** The 24 words of the master key, and the text for the card's QR. Only while the key is here. */
  readonly recoveryCard: () => Promise<{ words: readonly string[]; code: string }>;
  /** Two of the words, asked back by their place (from 0). The key then leaves the device. */
  readonly confirmCard: (answers: readonly { place: number; word: string }[]) => Promise<boolean>;
};
