/** Leaving a group by one's own word, on whichever own device it was said. */
import { dropWork, retireAddressesOf, setConversationState } from "@yanshu/store";
import type { ConversationId } from "@yanshu/wire";
import { type Engine, topicOf } from "../core/engine.ts";

/** This account is out, by its own word: the addresses go at once, and with them all that is still on its way. */
export function onOwnLeave(engine: Engine, conversation: ConversationId): void {
  setConversationState(engine.db, conversation, "left");
  dropWork(engine.db, conversation);
  retireAddressesOf(engine.db, conversation, engine.ports.nowMs());
  engine.tidy();
  engine.changed(topicOf(conversation), "chats");
}
