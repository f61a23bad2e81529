/** What is said in a chat, and what becomes of it (../feature.ts). */
import type { Body, BodyOf, MarkKind, Quote, SyncItem } from "@yanshu/content";
import type { ChatMark, Mark, MessageName, MessageRow } from "@yanshu/store";
import type { AccountId, ContentId, ConversationId } from "@yanshu/wire";
import type { MessageRef } from "../api/actions.ts";
import type { Hex } from "../api/hex.ts";
import type { ConversationDef } from "../kinds/kind.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import type { BodyKind } from "./said.ts";

export type ChatContext = {
  /** @throws ClientError `unknown-conversation`; `not-allowed` where nothing can be said. */
  readonly writable: (conversation: Hex) => ConversationId;
  /** What is so of a conversation by its kind. */
  readonly kindOf: (kind: string | undefined) => ConversationDef;
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
  /** Says the same in each of these chats, of a kind that nothing is applied for; opens one transaction itself. */
  readonly sayInEach: (conversations: readonly ConversationId[], body: Body) => void;
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
  /** A message in short, for a device that does not have it. @throws ClientError `unknown-message` */
  readonly quoteOf: (conversation: ConversationId, message: MessageName) => Quote;
};
