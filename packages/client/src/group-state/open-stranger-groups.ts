/** A group request of strangers opens once a member is a contact, however they became one. */
import { requestsAmongFriends, setConversationState } from "@yanshu/store";
import { type Engine, topicOf } from "../core/engine.ts";

/** Inside a transaction. */
export function openKnown(engine: Engine): void {
  for (const conversation of requestsAmongFriends(
    engine.db,
    engine.conversations.named(({ opens }) => opens === "by-members"),
  )) {
    setConversationState(engine.db, conversation, "open");
    engine.changed(topicOf(conversation), "chats", "requests", "status");
    engine.schedule(conversation);
  }
}
