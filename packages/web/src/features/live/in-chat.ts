/** The part of Live in a conversation: an entry of the plus panel, and the bubble. */
import { Radio } from "lucide";
import type { InChat } from "../../feature.ts";
import { screenKind } from "../../kit/kinds/index.ts";
import { areThere, canShow, startLive } from "./live.ts";

export { LiveBubble } from "./live-bubble.tsx";

export const inChat: InChat = {
  plus: [
    {
      id: "live",
      icon: Radio,
      label: "plus.live",
      order: 9,
      isFor: (kind) => screenKind(kind).hasGroupCalls && areThere.value,
      note: () => (canShow() ? undefined : "live.watchOnly"),
      pick: ({ id }) => void startLive(id),
    },
  ],
};
