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

type OldLive = Omit<LiveRow, "sentMs">;

/** An empty map in CBOR: what stays of one that was forgotten. */
const forgottenBytes = 1;

/** The newest of all conversations, the newest first. `sentMs`: as its author stamped it. */
export function readLives(db: Database, count: number): readonly LiveRow[] {
  return db.all(
    `SELECT conversation, author, id, CASE sent_ms WHEN 0 THEN at_ms ELSE sent_ms END AS sentMs
     FROM messages WHERE kind = 'live' ORDER BY sentMs DESC LIMIT ?`,
    count,
  );
}

/**
 * Those that were told to this device because it came later and are not forgotten, of one conversation. Each author's
 * newest three, of all authors the newest first, then the second ones: a stamp is its author's word, and moves nobody
 * else's away.
 */
export function readToldLives(db: Database, conversation: ConversationId, count: number): readonly MessageName[] {
  return db.all(
    `SELECT author, id FROM (
       SELECT author, id, stamp_ms, row_number() OVER (PARTITION BY author ORDER BY stamp_ms DESC) AS nth
       FROM marks INDEXED BY marks_lives WHERE conversation = ? AND kind = 'liveOn' AND length(value) > ${forgottenBytes})
     WHERE nth <= 3 ORDER BY nth, stamp_ms DESC LIMIT ?`,
    conversation,
    count,
  );
}

/** The same of all conversations, of before `beforeMs`: of each author the oldest first, then the second ones. */
export function readOldToldLives(db: Database, beforeMs: UnixMs, count: number): readonly OldLive[] {
  return db.all(
    `SELECT conversation, author, id FROM (
       SELECT conversation, author, id, stamp_ms,
         row_number() OVER (PARTITION BY conversation, author ORDER BY stamp_ms) AS nth
       FROM marks INDEXED BY marks_lives WHERE kind = 'liveOn' AND length(value) > ${forgottenBytes} AND stamp_ms <= ?)
     ORDER BY nth, stamp_ms LIMIT ?`,
    beforeMs,
    count,
  );
}
