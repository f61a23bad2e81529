/** Resync answers: the last asking of each device in a conversation, and what it brought about. */
import type { Bytes, ConversationId, DeviceId } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type ResyncAnswer = {
  readonly askedMs: number;
  readonly recreatedMs: number;
  /** When that asking came, by our clock. */
  readonly heardMs: number;
};

export function readResyncAnswer(
  db: Database,
  conversation: ConversationId,
  device: DeviceId,
): ResyncAnswer | undefined {
  const row = db.get<{ asked_ms: number; recreated_ms: number; heard_ms: number }>(
    "SELECT asked_ms, recreated_ms, heard_ms FROM resync_answers WHERE conversation = ? AND device = ?",
    conversation,
    device,
  );
  return row === undefined
    ? undefined
    : { askedMs: row.asked_ms, recreatedMs: row.recreated_ms, heardMs: row.heard_ms };
}

export function writeResyncAnswer(db: Database, conversation: Bytes, device: Bytes, answer: ResyncAnswer): void {
  db.run(
    "INSERT OR REPLACE INTO resync_answers (conversation, device, asked_ms, recreated_ms, heard_ms) VALUES (?, ?, ?, ?, ?)",
    conversation,
    device,
    answer.askedMs,
    answer.recreatedMs,
    answer.heardMs,
  );
}
