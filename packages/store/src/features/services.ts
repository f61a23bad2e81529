/**
 * What a service account says of the buttons in its chat, found without reading the chat (docs/spec/bridge.md PA13).
 */
import type { AccountId, Bytes, ConversationId } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** 56 services: an entry for each menu. Going back is safe: an index holds nothing of its own. */
export const serviceTables = `
  CREATE INDEX messages_menus ON messages (conversation, position) WHERE kind = 'serviceMenu';
`;

/** The newest of somebody else, encoded. */
export function readServiceMenu(db: Database, conversation: ConversationId, own: AccountId): Bytes | undefined {
  return db.get<{ body: Bytes }>(
    `SELECT body FROM messages WHERE conversation = ? AND kind = 'serviceMenu' AND author <> ?
     ORDER BY position DESC LIMIT 1`,
    conversation,
    own,
  )?.body;
}
