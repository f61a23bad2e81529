/** Lives that are in the timeline, found without reading it. */
import type { AccountId, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** An entry for each Live. Going back is safe: an index holds nothing of its own. */
export const liveTables = `
  CREATE INDEX messages_lives ON messages (conversation, position) WHERE kind = 'live';
`;

type LiveRow = {
  readonly conversation: ConversationId;
  readonly author: AccountId;
  readonly id: ContentId;
  readonly sentMs: UnixMs;
};

/** The newest of all conversations, the newest first. `sentMs`: as its author stamped it. */
export function readLives(db: Database, count: number): readonly LiveRow[] {
  return db.all(
    `SELECT conversation, author, id, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sentMs
     FROM messages WHERE kind = 'live' ORDER BY sentMs DESC LIMIT ?`,
    count,
  );
}
