/** Unread: the number of others' messages in a listed chat after its read position (docs/spec/sync.md SY14). */

import { type Bytes, toHex } from "@yanshu/wire";
import type { Hex } from "../api/hex.ts";
import { sqlOf } from "../kinds/kind.ts";
import { countedKinds, countedLine, listedChats } from "../values/shown.ts";
import { marksByChat } from "./chat-marks.ts";
import type { ViewContext } from "./context.ts";

const unreadSql = sqlOf(
  (kinds) => `
  SELECT c.conversation, sum(m.kind <> 'system') AS said, count(*) AS all_of_it
  FROM conversations AS c
  CROSS JOIN messages AS m ON m.conversation = c.conversation AND m.position > c.read_order
  WHERE m.author <> ? AND (m.kind IN ${countedKinds} OR ${countedLine}) AND ${listedChats(kinds)}
  GROUP BY c.conversation`,
);

/** Chats without unread items are absent. CROSS JOIN: chats first, then the index on their newest rows. */
export function unreadByChat(context: ViewContext): ReadonlyMap<Hex, number> {
  const own = context.own?.account ?? new Uint8Array();
  const rows = context.database.all<{ conversation: Bytes; said: number; all_of_it: number }>(
    unreadSql(context.conversations),
    own,
  );
  // Unread system lines count only in a chat without unread messages.
  return new Map(rows.map(({ conversation, said, all_of_it }) => [toHex(conversation), said === 0 ? all_of_it : said]));
}

const markedSql = sqlOf(
  (kinds) => `
  SELECT c.conversation FROM chat_marks AS k
  JOIN conversations AS c ON c.conversation = k.conversation
  WHERE k.mark = 'unread' AND k.is_on = 1 AND ${listedChats(kinds)}`,
);

/** The count beside the tab: without muted chats; a chat that was marked as unread counts as one. */
export function unreadSum(context: ViewContext): number {
  const unread = new Map(unreadByChat(context));
  for (const { conversation } of context.database.all<{ conversation: Bytes }>(markedSql(context.conversations))) {
    const key = toHex(conversation);
    unread.set(key, unread.get(key) ?? 1);
  }
  for (const [key, { isMuted }] of marksByChat(context)) if (isMuted) unread.delete(key);
  return [...unread.values()].reduce((sum, count) => sum + count, 0);
}
