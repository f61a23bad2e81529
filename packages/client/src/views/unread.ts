/**
 * Unread: how many things others said in a listed chat after the place up to which it was read
 * (docs/spec/sync.md SY14).
 */
import { type Bytes, toHex } from "@yanshu/wire";
import type { Hex } from "../api.ts";
import type { ViewContext } from "./context.ts";
import { countedKinds, listedChats } from "./shown.ts";

const unreadSql = `
  SELECT c.conversation, count(*) AS unread
  FROM conversations AS c
  CROSS JOIN messages AS m ON m.conversation = c.conversation AND m.position > c.read_order
  WHERE m.author <> ? AND m.kind IN ${countedKinds} AND ${listedChats}
  GROUP BY c.conversation`;

/** Chats without anything unread are absent. CROSS JOIN: chats first, then the index on their newest rows. */
export function unreadByChat(context: ViewContext): ReadonlyMap<Hex, number> {
  const own = context.own?.account ?? new Uint8Array();
  const rows = context.database.all<{ conversation: Bytes; unread: number }>(unreadSql, own);
  return new Map(rows.map(({ conversation, unread }) => [toHex(conversation), unread]));
}
