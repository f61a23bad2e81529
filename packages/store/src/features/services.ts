/**
 * What a service account says of the buttons in its chat, found without reading the chat (docs/spec/bridge.md PA13).
 */
import type { AccountId, Bytes, ConversationId } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** 56 services: an entry for each menu. Going back is safe: an index holds nothing of its own. */
export const serviceTables = `
  CREATE INDEX messages_menus ON messages (conversation, position) WHERE kind = 'serviceMenu';
`;

/** 62 presses: an entry for each press of a button. Going back is safe: an index holds nothing of its own. */
export const pressTables = `
  CREATE INDEX messages_presses ON messages (conversation, author) WHERE kind = 'servicePress';
`;

/** Whether this account pressed a button there. */
export function hasPressed(db: Database, conversation: ConversationId, own: AccountId): boolean {
  const sql = "SELECT 1 FROM messages WHERE conversation = ? AND kind = 'servicePress' AND author = ? LIMIT 1";
  return db.get(sql, conversation, own) !== undefined;
}

/** The newest of somebody else, encoded. */
export function readServiceMenu(db: Database, conversation: ConversationId, own: AccountId): Bytes | undefined {
  return db.get<{ body: Bytes }>(
    `SELECT body FROM messages WHERE conversation = ? AND kind = 'serviceMenu' AND author <> ?
     ORDER BY position DESC LIMIT 1`,
    conversation,
    own,
  )?.body;
}
