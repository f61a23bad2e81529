/** Chats of two (../feature.ts). */
import type { Body } from "@yanshu/content";
import type { AccountHistory, AccountId, Bytes, Capability, ConversationId, DeviceId } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import type { BodyKind, Said } from "./said.ts";

export type ServerNamed = { readonly server: string; readonly serverMark?: Bytes };

/** What adds all devices of an account to a group. */
export type Drawn = {
  readonly packages: readonly { readonly device: DeviceId; readonly bytes: Bytes }[];
  /** Whether the server gave a package of a device that is not listed. */
  readonly hadGhosts: boolean;
  /** By which right they were drawn; undefined where it came from a common group. */
  readonly right?: Capability;
  /** Where that right holds. */
  readonly server?: string;
};

/** Chats of two: how one begins, ends, and begins anew. Who may write there follows from `contacts.state`. */
export type DirectChats = {
  readonly with: (account: AccountId) => ConversationId;
  /** @throws ClientError `offline` while this device stands in for one that was lost. */
  readonly mayBegin: () => void;
  /**
   * Asks the server now, so that a right that is over is told to the person who holds it. Without a right by any that
   * is held. Rejects with `offline`, `link-reset`, `link-used-up`, `refused`; where they live at another server, also
   * with `peer-unreachable`, `peer-refused`, `peer-forgotten`.
   *
   * @param at the server where the right holds, and by what it is known to the one who gave the right.
   */
  readonly draw: (account: AccountId, right?: Capability, at?: ServerNamed) => Promise<Drawn>;
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
