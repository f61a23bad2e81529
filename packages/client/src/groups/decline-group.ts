/** Declines a group to which somebody added this account: leaves it, and deletes all of it here. */

import { setConversationState } from "@yanshu/store";
import type { ConversationId } from "@yanshu/wire";
import { type Engine, topicOf } from "../core/engine.ts";
import { setChatMark } from "../messages/chat-marks.ts";
import { clearChat } from "../messages/clear.ts";
import { say } from "../messages/outbox.ts";

export function declineGroup(engine: Engine, conversation: ConversationId): void {
  engine.db.transaction(() => {
    clearChat(engine, conversation);
    setChatMark(engine, conversation, "hidden", true);
    setConversationState(engine.db, conversation, "left");
    say(engine, conversation, { kind: "leave" });
  });
  engine.changed("requests", "chats", "status", topicOf(conversation));
  engine.schedule(conversation);
}
