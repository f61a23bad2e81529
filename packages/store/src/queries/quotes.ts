/** Which messages repeat the beginning of which. */
import type { ConversationId } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { MessageName } from "./marks.ts";

export function addQuote(db: Database, conversation: ConversationId, quoted: MessageName, by: MessageName): void {
  db.run(
    "INSERT INTO quotes (conversation, quoted_author, quoted_id, author, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    conversation,
    quoted.author,
    quoted.id,
    by.author,
    by.id,
  );
}

/** The messages that repeat the beginning of this one. */
export function quotesOf(db: Database, conversation: ConversationId, quoted: MessageName): readonly MessageName[] {
  return db.all<MessageName>(
    "SELECT author, id FROM quotes WHERE conversation = ? AND quoted_author = ? AND quoted_id = ?",
    conversation,
    quoted.author,
    quoted.id,
  );
}
