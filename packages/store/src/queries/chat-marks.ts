/** Marks: what a person decided about a chat, on whichever of their devices (docs/spec/sync.md SY32). */
import type { ConversationId, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

/**
 * `unread`: marked as unread by hand. `own-names`: names instead of nicknames. `alone`: of a chat of two, the other
 * person left it; this device knows that from the group, and tells no other device.
 */
export type ChatMark = "pinned" | "muted" | "unread" | "hidden" | "alone" | "own-names";
export type ChatMarkRow = {
  readonly conversation: ConversationId;
  readonly mark: ChatMark;
  readonly is_on: number;
  readonly stamp_ms: UnixMs;
};

export function readChatMark(db: Database, conversation: ConversationId, mark: ChatMark): ChatMarkRow | undefined {
  return db.get<ChatMarkRow>("SELECT * FROM chat_marks WHERE conversation = ? AND mark = ?", conversation, mark);
}

export function hasChatMark(db: Database, conversation: ConversationId, mark: ChatMark): boolean {
  return readChatMark(db, conversation, mark)?.is_on === 1;
}

export function readChatMarks(db: Database): readonly ChatMarkRow[] {
  return db.all<ChatMarkRow>("SELECT * FROM chat_marks");
}

/** Takes a mark off; where it is not set nothing is written. */
export function clearChatMark(db: Database, conversation: ConversationId, mark: ChatMark, stampMs: UnixMs): void {
  db.run(
    `UPDATE chat_marks SET is_on = 0, stamp_ms = ?
     WHERE conversation = ? AND mark = ? AND is_on = 1 AND stamp_ms < ?`,
    stampMs,
    conversation,
    mark,
    stampMs,
  );
}

/** The later stamp wins; of two equal ones, the mark. Returns whether it was taken. */
export function writeChatMark(
  db: Database,
  conversation: ConversationId,
  mark: ChatMark,
  isOn: boolean,
  stampMs: UnixMs,
): boolean {
  return (
    db.run(
      `INSERT INTO chat_marks (conversation, mark, is_on, stamp_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (conversation, mark) DO UPDATE SET is_on = excluded.is_on, stamp_ms = excluded.stamp_ms
       WHERE (excluded.stamp_ms, excluded.is_on) > (chat_marks.stamp_ms, chat_marks.is_on)`,
      conversation,
      mark,
      isOn ? 1 : 0,
      stampMs,
    ) > 0
  );
}

/** A chat that was deleted on all own devices. */
export type ClearedChat = { readonly conversation: ConversationId; readonly up_to_ms: UnixMs };

export function readClearedChats(db: Database): readonly ClearedChat[] {
  return db.all<ClearedChat>("SELECT conversation, up_to_ms FROM cleared_chats");
}

/** Returns whether that is news: nothing as late was noted before. */
export function noteClearedChat(db: Database, { conversation, up_to_ms }: ClearedChat): boolean {
  const sql = `INSERT INTO cleared_chats (conversation, up_to_ms) VALUES (?, ?)
     ON CONFLICT (conversation) DO UPDATE SET up_to_ms = excluded.up_to_ms
     WHERE excluded.up_to_ms > cleared_chats.up_to_ms`;
  return db.run(sql, conversation, up_to_ms) > 0;
}

/**
 * Notes that a chat is deleted on all own devices. Returns up to when: later than what was noted before, which a device
 * that was put out may have said of a moment to come (docs/spec/sync.md SY85). Inside a transaction.
 */
export function noteClearedNow(db: Database, conversation: ConversationId, nowMs: UnixMs): UnixMs {
  const sql = "SELECT up_to_ms FROM cleared_chats WHERE conversation = ?";
  const held = db.get<{ up_to_ms: UnixMs }>(sql, conversation)?.up_to_ms ?? 0;
  const up_to_ms = Math.max(nowMs, held + 1) as UnixMs;
  noteClearedChat(db, { conversation, up_to_ms });
  return up_to_ms;
}
