/** An answer to a contact request accepts it, whatever the message says (docs/spec/identity.md ID10). */
import { type ConversationHead, readConversationHead, setConversationState, writeHeardContact } from "@yanshu/store";
import { type AccountId, type ConversationId, equalBytes } from "@yanshu/wire";
import { type Engine, kindOf, ownOf, topicOf } from "../core/engine.ts";
import { insertLine } from "../group-state/lines.ts";
import { openKnown } from "../group-state/open-stranger-groups.ts";

/**
 * Inside a transaction. @param isLate the message was received long ago and only became readable by an update, so it
 * accepts nothing now. @param head the conversation before this message.
 */
export function befriend(
  engine: Engine,
  conversation: ConversationId,
  by: AccountId,
  isLate: boolean,
  head: ConversationHead | undefined = readConversationHead(engine.db, conversation),
): void {
  const { db } = engine;
  // not a check: there is no request to answer.
  if (isLate || head == null || kindOf(engine, head).opens !== "by-peer" || head.peer === null) return;
  const byOwnDevice = equalBytes(by, ownOf(engine).account);
  const answers = head.contact === (byOwnDevice ? "incoming" : "requested");
  // @checks ID10
  if (!answers) return;
  writeHeardContact(db, head.peer, { state: "contact" });
  openKnown(engine);
  setConversationState(db, conversation, "open");
  insertLine(engine, conversation, by, { kind: "friends" });
  engine.changed("contacts", "requests", "chats", "family", topicOf(conversation));
}
