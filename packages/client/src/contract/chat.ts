/**
 * Contract of features with chats: sends messages, and changes, marks and erases those that are here (../feature.ts).
 */
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
  /** The properties of a kind of conversation; those of an unknown kind for a name that this version does not know. */
  readonly kindOf: (kind: string | undefined) => ConversationDef;
  /** @throws ClientError `unknown-message` where it is not here, or was recalled or deleted. */
  readonly message: (conversation: ConversationId, message: MessageName) => MessageRow;
  /** The same, decoded. @throws ClientError `unknown-message` where none of this kind is here. */
  readonly find: <K extends BodyKind>(
    conversation: ConversationId,
    message: MessageRef,
    kind: K,
  ) => { readonly name: MessageName; readonly body: BodyOf<K> };
  /**
   * Sends a message: stores it, applies it as a receiver would and puts it into the outbox, in one transaction that it
   * opens itself. Returns the message's id. @param also is done in the same transaction, before and after it.
   */
  readonly say: (
    conversation: ConversationId,
    body: Body,
    also?: { readonly before?: () => void; readonly after?: () => void },
  ) => Hex;
  /** Sends the same body to each of these chats, in one transaction of its own. For kinds without an effect here. */
  readonly sayInEach: (conversations: readonly ConversationId[], body: Body) => void;
  /** Sets a person's mark (a reaction, a vote, a pin) on a message, unless it was recalled. Inside a transaction. */
  readonly setMark: (conversation: ConversationId, on: MessageName, mark: Mark) => void;
  readonly marks: (conversation: ConversationId, on: MessageName, kind: MarkKind) => readonly Mark[];
  /** Tells the other own devices, once there are some. Inside a transaction. */
  readonly tellOwnDevices: (items: readonly SyncItem[]) => void;
  /**
   * Replaces earlier sync items by `unavailable`: an own device that asks for them again is sent this one. Inside a
   * transaction. @param isSame whether an item is about the same thing.
   */
  readonly forgetTold: (gone: SyncItem, isSame: (item: SyncItem) => boolean) => void;
  /** Has the outbox of this conversation, or of all, sent as soon as it can be. */
  readonly sendSoon: (conversation?: ConversationId) => void;
  /** Pins, mutes or hides a chat and so on, on all own devices. Inside a transaction. */
  readonly setChatMark: (conversation: ConversationId, mark: Exclude<ChatMark, "alone">, isOn: boolean) => void;
  /** Stores the draft of a chat, and tells the other own devices once the typing pauses. Inside a transaction. */
  readonly keepDraft: (conversation: ConversationId, text: string) => void;
  /** Deletes a chat's messages here, but those that their author stamped after `upToMs`. Inside a transaction. */
  readonly clearChat: (conversation: ConversationId, upToMs?: number) => void;
  /** Deletes a chat's messages on all own devices, and hides it there. Inside a transaction. */
  readonly clearEverywhere: (conversation: ConversationId) => void;
  /**
   * Writes a notice into the chat that only this device shows. Inside a transaction. @param by absent: this account.
   */
  readonly line: (conversation: ConversationId, line: StoredLine, by?: AccountId) => void;
  /** Whether a kind of message is taken back by its feature alone (`hasOwnRecall`). */
  readonly hasOwnRecall: (kind: string) => boolean;
  /** Empties a message that was recalled, or deleted here; its row stays. Inside a transaction. */
  readonly erase: (conversation: ConversationId, message: MessageName, left: "recalled" | "deleted") => void;
  /** Changes the copy of a sent message that is resent to a device that asks for it. Inside a transaction. */
  readonly rewriteSentCopy: (conversation: ConversationId, message: ContentId, change: (body: Body) => Body) => void;
  /** Replaces the body of a message, in the copy for resending as well. Inside a transaction. */
  readonly rewrite: (conversation: ConversationId, message: MessageName, body: Body) => void;
  /**
   * The beginning of a message as a quote carries it, for a device without it. @throws ClientError `unknown-message`
   */
  readonly quoteOf: (conversation: ConversationId, message: MessageName) => Quote;
};
