/** Pins: marks that belong to nobody, and are read for a whole conversation. */
import type { ConversationId } from "@yanshu/wire";
import type { Database } from "../database.ts";
import type { Mark, MessageName } from "../queries/marks.ts";

/** The pins of a conversation, the newest first. */
export function pinMarks(db: Database, conversation: ConversationId): readonly (Mark & MessageName)[] {
  return db.all(
    "SELECT author, id, kind, by, key, value, stamp_ms FROM marks WHERE conversation = ? AND kind = 'pin' ORDER BY stamp_ms DESC, id",
    conversation,
  );
}
