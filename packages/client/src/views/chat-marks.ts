/**
 * Marks of chats, as views show them (docs/spec/sync.md SY32). Few chats have any, so they are read at once.
 */
import { hasChatMark, readChatMarks } from "@yanshu/store";
import { type Bytes, toHex } from "@yanshu/wire";
import type { ChatMarks } from "../api/chat-settings.ts";
import type { Hex } from "../api/hex.ts";
import type { ViewContext } from "./context.ts";

export const noMarks: ChatMarks = { isPinned: false, isMuted: false, isMarkedUnread: false };
const names = { pinned: "isPinned", muted: "isMuted", unread: "isMarkedUnread" } as const;

/** Chats without a mark are absent. */
export function marksByChat({ database }: ViewContext): ReadonlyMap<Hex, ChatMarks> {
  const marks = new Map<Hex, ChatMarks>();
  for (const { conversation, mark, is_on } of readChatMarks(database)) {
    if (is_on === 0 || mark === "hidden" || mark === "alone" || mark === "own-names") continue;
    const key = toHex(conversation);
    marks.set(key, { ...(marks.get(key) ?? noMarks), [names[mark]]: true });
  }
  return marks;
}

export function marksOf({ database }: ViewContext, conversation: Bytes): Omit<ChatMarks, "isMarkedUnread"> {
  return {
    isPinned: hasChatMark(database, conversation, "pinned"),
    isMuted: hasChatMark(database, conversation, "muted"),
  };
}
