/** The part of calls in a conversation: entries of the plus panel, and the bubble. */
import { Phone, Video } from "lucide";
import type { InChat } from "../../feature.ts";
import { screenKind } from "../../kit/kinds/index.ts";
import { hasCalls, startCall } from "./call.ts";
import { choosing, hasGroupCalls, isGroupChat } from "./group-call.ts";

export { CallBubble } from "./call-bubble.tsx";

const isFor = (kind: string) =>
  (screenKind(kind).hasCalls && hasCalls()) || (screenKind(kind).hasGroupCalls && hasGroupCalls());

function pick({ id }: { readonly id: string }, media: "voice" | "video"): void {
  if (isGroupChat(id)) choosing.value = { chat: id, media };
  else void startCall(id, media);
}

export const inChat: InChat = {
  plus: [
    {
      id: "call-voice",
      icon: Phone,
      label: "plus.voiceCall",
      order: 3,
      isFor,
      pick: (chat) => pick(chat, "voice"),
    },
    {
      id: "call-video",
      icon: Video,
      label: "plus.videoCall",
      order: 4,
      big: { who: "call.who" },
      isFor,
      pick: (chat) => pick(chat, "video"),
    },
  ],
};
