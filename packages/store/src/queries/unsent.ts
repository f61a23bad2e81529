/** What was said and did not go: shown so for a time, or for good (docs/spec/sync.md SY16, SY30, SY31). */
import type { AccountId, Bytes, ContentId, ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/** Of what is under way as far as the screen says: the conversations of what is shown as not sent now. */
export function showOverdue(db: Database, own: AccountId, beforeMs: UnixMs): readonly ConversationId[] {
  return changed(
    db,
    `UPDATE messages SET state = 'failed' WHERE state = 'sending' AND author = ? AND (conversation, id) IN
     (SELECT conversation, id FROM outbox WHERE shown = 1 AND held IS NULL AND created_ms <= ?) RETURNING conversation`,
    own,
    beforeMs,
  );
}

/** What still waits to go by itself is under way again. */
export function unshowOverdue(db: Database, own: AccountId): readonly ConversationId[] {
  return changed(
    db,
    `UPDATE messages SET state = 'sending' WHERE state = 'failed' AND author = ? AND (conversation, id) IN
     (SELECT conversation, id FROM outbox WHERE shown = 1 AND held IS NULL) RETURNING conversation`,
    own,
  );
}

function changed(db: Database, sql: string, ...params: readonly (Bytes | number)[]): readonly ConversationId[] {
  return db.all<{ conversation: ConversationId }>(sql, ...params).map((row) => row.conversation);
}

/** All that waits in a conversation leaves the outbox, and what the screen shows of it is not sent. */
export function failUnsent(db: Database, conversation: ConversationId, own: AccountId): void {
  db.run(
    `UPDATE messages SET state = 'failed' WHERE conversation = ?1 AND author = ?2
     AND id IN (SELECT id FROM outbox WHERE conversation = ?1 AND shown = 1)`,
    conversation,
    own,
  );
  // Who asks for its number is told that it is gone, and does not read what is shown here as not sent.
  db.run(
    "DELETE FROM sent WHERE conversation = ?1 AND seq IN (SELECT seq FROM outbox WHERE conversation = ?1)",
    conversation,
  );
  db.run("DELETE FROM outbox WHERE conversation = ?", conversation);
}

export type UnsentMessage = { readonly conversation: ConversationId; readonly id: ContentId; readonly body: Bytes };

/** An own message that was not sent and waits no more. */
export function readUnsentMessage(db: Database, own: AccountId, id: ContentId): UnsentMessage | undefined {
  return db.get<UnsentMessage>(
    "SELECT conversation, id, body FROM messages WHERE state = 'failed' AND kind NOT IN ('recalled', 'deleted') AND author = ? AND id = ?",
    own,
    id,
  );
}
