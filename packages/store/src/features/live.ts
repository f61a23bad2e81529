/** Lives that are in the timeline, found without reading it. */
import type { AccountId, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { MessageName } from "../queries/marks.ts";

/** An entry for each Live. Going back is safe: an index holds nothing of its own. */
export const liveTables = `
  CREATE INDEX messages_lives ON messages (conversation, position) WHERE kind = 'live';
`;

/** An entry for each Live that was told to a device that came later. Going back is safe, as above. */
export const lateLiveTables = `
  CREATE INDEX marks_lives ON marks (conversation, stamp_ms) WHERE kind = 'liveOn';
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

/** Those that were told to this device because it came later, of one conversation, the newest first. */
export function readToldLives(db: Database, conversation: ConversationId, count: number): readonly MessageName[] {
  return db.all(
    "SELECT author, id FROM marks WHERE conversation = ? AND kind = 'liveOn' ORDER BY stamp_ms DESC LIMIT ?",
    conversation,
    count,
  );
}

/** The same of all conversations. */
export function readAllToldLives(db: Database, count: number): readonly LiveRow[] {
  return db.all(
    `SELECT conversation, author, id, stamp_ms AS sentMs FROM marks
     WHERE kind = 'liveOn' ORDER BY stamp_ms DESC LIMIT ?`,
    count,
  );
}
