/** Out of a conversation: by one's own word, on whichever own device it was said, or by another's hand. */
import {
  detachGroup,
  dropWork,
  readConversation,
  retireAddressesOf,
  setConversationState,
  setDissolved,
} from "@yanshu/store";
import { type AccountId, type ConversationId, toHex } from "@yanshu/wire";
import { type Engine, kindOf, topicOf } from "../core/engine.ts";
import { insertLine } from "../group-state/lines.ts";
import { retireAfterMs } from "../identity/delivery-addresses.ts";
import { giveUp } from "./unsent.ts";

/** This account is out, by its own word: the addresses go at once, and with them all that is still on its way. */
export function onOwnLeave(engine: Engine, conversation: ConversationId): void {
  const { isFoundedAnew } = kindOf(engine, readConversation(engine.db, conversation));
  setConversationState(engine.db, conversation, isFoundedAnew ? "declined" : "left");
  if (isFoundedAnew) detachGroup(engine.db, conversation);
  dropWork(engine.db, conversation);
  giveUp(engine, conversation);
  retireAddressesOf(engine.db, conversation, engine.ports.nowMs());
  engine.deleteRetired();
  engine.changed(topicOf(conversation), "chats");
}

/** Somebody took this account out; inside a transaction. */
export function onRemoved(engine: Engine, conversation: ConversationId, by: AccountId): void {
  setConversationState(engine.db, conversation, "removed");
  dropWork(engine.db, conversation);
  giveUp(engine, conversation);
  insertLine(engine, conversation, by, { kind: "you-were-removed" });
  engine.changed(topicOf(conversation), "chats");
}

/**
 * The owner ended it; inside a transaction. What was said stays to be read. The address lives on for a while: own
 * devices and members who missed it still ask there.
 */
export function onDissolved(engine: Engine, conversation: ConversationId, by: AccountId): void {
  const { db } = engine;
  setConversationState(db, conversation, "removed");
  setDissolved(db, conversation);
  dropWork(db, conversation);
  giveUp(engine, conversation);
  retireAddressesOf(db, conversation, engine.ports.nowMs() + retireAfterMs);
  insertLine(engine, conversation, by, { kind: "dissolved", by: toHex(by) });
  engine.changed(topicOf(conversation), "chats");
  engine.deleteRetired();
}
