/** The part of voice messages in a conversation. */
import type { InChat } from "../../feature.ts";

export { Talk } from "./talk.tsx";
export { VoiceBubble } from "./voice-bubble.tsx";

export const inChat: InChat = {};
