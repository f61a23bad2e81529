/** This account leaves a conversation: by its own message from any own device, or because somebody removed it. */
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

/** This account left: its addresses are retired at once, and everything unsent is given up. Inside a transaction. */
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

/** Somebody removed this account; inside a transaction. */
export function onRemoved(engine: Engine, conversation: ConversationId, by: AccountId): void {
  setConversationState(engine.db, conversation, "removed");
  dropWork(engine.db, conversation);
  giveUp(engine, conversation);
  insertLine(engine, conversation, by, { kind: "you-were-removed" });
  engine.changed(topicOf(conversation), "chats");
}

/**
 * The owner dissolved the group; inside a transaction. Its messages stay readable. The address stays for a while,
 * because own devices and members who missed the end still ask there.
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
