/** Heal answers: the last asking of each device in a conversation, and what it brought about. */
import type { Bytes, ConversationId, DeviceId } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type HealAnswer = {
  readonly askedMs: number;
  readonly refoundedMs: number;
  /** When that asking came, by our clock. */
  readonly heardMs: number;
};

export function readHealAnswer(db: Database, conversation: ConversationId, device: DeviceId): HealAnswer | undefined {
  const row = db.get<{ asked_ms: number; refounded_ms: number; heard_ms: number }>(
    "SELECT asked_ms, refounded_ms, heard_ms FROM heal_answers WHERE conversation = ? AND device = ?",
    conversation,
    device,
  );
  return row === undefined
    ? undefined
    : { askedMs: row.asked_ms, refoundedMs: row.refounded_ms, heardMs: row.heard_ms };
}

export function writeHealAnswer(db: Database, conversation: Bytes, device: Bytes, answer: HealAnswer): void {
  db.run(
    "INSERT OR REPLACE INTO heal_answers (conversation, device, asked_ms, refounded_ms, heard_ms) VALUES (?, ?, ?, ?, ?)",
    conversation,
    device,
    answer.askedMs,
    answer.refoundedMs,
    answer.heardMs,
  );
}
