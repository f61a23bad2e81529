/** Groups: what a feature asks of one. Who may what is decided by the group, at every member (../feature.ts). */
import type { AccountId, Bytes, ConversationId } from "@yanshu/wire";
import type { NewcomersSee } from "../api/groups.ts";
import type { Hex } from "../api/hex.ts";
import type { GroupFacts } from "./said.ts";

export type GroupRole = "owner" | "admin" | "member";
export type GroupMember = { readonly account: AccountId; readonly role: GroupRole };

/** Where this account stands in a group; also of a group that is still being made. */
export type GroupPlace = {
  readonly conversation: ConversationId;
  readonly role: GroupRole;
  /** Members add nobody: those who lead do, or decide who comes. */
  readonly adminsAdd: boolean;
  /** Only those who lead change its name and picture. */
  readonly adminsEdit: boolean;
};

/** What a group may be asked to become. Each member holds the commit against the group's policy (GR5). */
export type GroupChange =
  | { readonly kind: "announce"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "picture"; readonly picture: Bytes | null }
  | { readonly kind: "add"; readonly account: AccountId }
  | { readonly kind: "remove"; readonly account: AccountId }
  | { readonly kind: "role"; readonly account: AccountId; readonly role: GroupRole }
  | { readonly kind: "approval"; readonly isOn: boolean }
  /** What newcomers see of before (GR32). */
  | { readonly kind: "history"; readonly choice: NewcomersSee }
  /** Everybody out, for good (GR28). */
  | { readonly kind: "dissolve" };

export type GroupContext = {
  /**
   * Founds a conversation of a kind that one device makes, with these contacts. Opens a transaction itself. Returns its
   * id. @param newcomersSee absent: nothing.
   * @throws ClientError `empty`, `too-long`, `unknown-contact`
   */
  readonly found: (kind: string, title: string, accounts: readonly Hex[], newcomersSee?: NewcomersSee) => Hex;
  /** Undefined where the group is not founded, or is not here any more. */
  readonly group: (conversation: ConversationId) => GroupFacts | undefined;
  /** @throws ClientError `unknown-conversation` where one is in no such group, or not any more. */
  readonly placeIn: (group: Hex) => GroupPlace;
  /** @throws ClientError `empty`, `too-long`; `unknown-contact` where one of them is no contact. */
  readonly contactsIn: (accounts: readonly Hex[]) => readonly AccountId[];
  /** A group that strangers made one a member of, before one has read it: out of it, and nothing of it stays here. */
  readonly leaveUnread: (conversation: ConversationId) => void;
  /** The others who have not said that they leave. */
  readonly staying: (conversation: ConversationId) => readonly GroupMember[];
  /**
   * Out of the group: at once where nobody else is in it, else as soon as the others know. Opens a transaction itself.
   * @param successor becomes its owner first, where this account is.
   */
  readonly leaveGroup: (conversation: ConversationId, successor: GroupMember | undefined) => void;
  /** Asks the group to take this, by a commit that goes out as soon as it can. Inside a transaction. */
  readonly changeGroup: (conversation: ConversationId, change: GroupChange) => void;
};
