/** Calls that are in the timeline, found without reading it. */
import type { AccountId, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** An entry for each call. Going back is safe: an index holds nothing of its own. */
export const callTables = `
  CREATE INDEX messages_calls ON messages (conversation, position) WHERE kind = 'call';
`;

type CallRow = {
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly id: ContentId;
  readonly sentMs: UnixMs;
};

/** All of all conversations, the newest first. `sentMs`: as its author stamped it. */
export function readCalls(db: Database): readonly CallRow[] {
  return db.all(
    `SELECT conversation, author, id, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sentMs
     FROM messages WHERE kind = 'call' ORDER BY sentMs DESC`,
  );
}
