/** What calls add to a conversation. */
import { Phone, Video } from "lucide";
import type { InChat } from "../../feature.ts";
import { screenKind } from "../../kit/kinds/index.ts";
import { hasCalls, startCall } from "./call.ts";

export { CallBubble } from "./call-bubble.tsx";

const isFor = (kind: string) => screenKind(kind).hasCalls && hasCalls();

export const inChat: InChat = {
  plus: [
    {
      id: "call-voice",
      icon: Phone,
      label: "plus.voiceCall",
      order: 3,
      isFor,
      pick: ({ id }) => void startCall(id, "voice"),
    },
    {
      id: "call-video",
      icon: Video,
      label: "plus.videoCall",
      order: 4,
      big: { who: "call.who" },
      isFor,
      pick: ({ id }) => void startCall(id, "video"),
    },
  ],
};
