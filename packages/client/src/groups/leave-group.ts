/** Leaves a group when the person asks to (docs/spec/groups.md GR20). */
import { dropWork, readMembers, setConversationState } from "@yanshu/store";
import { type ConversationId, equalBytes } from "@yanshu/wire";
import type { GroupMember } from "../contract/groups.ts";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { sayLeave } from "../messages/say-leave.ts";
import { giveUp } from "../messages/unsent.ts";

/** @param successor becomes the owner first, if this account is the owner. */
export function leaveGroup(engine: Engine, conversation: ConversationId, successor: GroupMember | undefined): void {
  const { db } = engine;
  const own = ownOf(engine).account;
  const members = readMembers(db, conversation);
  if (members.every(({ account }) => equalBytes(account, own))) {
    db.transaction(() => {
      setConversationState(db, conversation, "left");
      dropWork(db, conversation);
      giveUp(engine, conversation);
    });
    engine.changed("chats", topicOf(conversation));
    return;
  }
  const role = members.find(({ account }) => equalBytes(account, own))?.role ?? "member";
  db.transaction(() => sayLeave(engine, conversation, role, successor));
  engine.schedule(conversation);
}
