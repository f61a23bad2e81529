/**
 * Chat parts: components that are loaded when they first open, in a conversation or over the list of chats. They are
 * the core's (chat/in-chat.ts), and come together with what features add to them.
 */
import type { ComponentType } from "preact";
import { loadInChats } from "../shell/features.ts";
import { type Loader, lazily } from "../shell/lazy.ts";

type InChat = typeof import("./in-chat.ts");

/**
 * Loads one component of chat/in-chat.ts when it is first shown.
 *
 * @example const plusPanel = chatPart((m) => m.PlusPanel);
 */
export function chatPart<P>(pick: (parts: InChat) => ComponentType<P>): Loader<P> {
  return lazily(() => Promise.all([import("./in-chat.ts"), loadInChats()]).then(([parts]) => pick(parts)));
}
