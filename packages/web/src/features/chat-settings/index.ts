/** What one sets of a chat: pinned above the others, muted, marked unread, hidden, deleted (docs/spec/keeping.md). */
import { webFeature } from "../../feature.ts";
import { inList } from "./in-list.tsx";

export const chatSettings = webFeature({ inList, inChat: () => import("./in-chat.tsx") });
