/**
 * Parts that open in a conversation or over the list of chats: the core's, with what features add to them
 * (chat/in-chat.ts).
 */
import type { ComponentType } from "preact";
import { loadInChats } from "../shell/features.ts";
import { type Loader, lazily } from "../shell/lazy.ts";

type InChat = typeof import("./in-chat.ts");

/** @example const plusPanel = chatPart((m) => m.PlusPanel); */
export function chatPart<P>(pick: (parts: InChat) => ComponentType<P>): Loader<P> {
  return lazily(() => Promise.all([import("./in-chat.ts"), loadInChats()]).then(([parts]) => pick(parts)));
}
