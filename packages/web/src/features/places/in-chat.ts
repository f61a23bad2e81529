/** What places add to a conversation. */
import { MapPin } from "lucide";
import type { InChat } from "../../feature.ts";

export { PlaceCard } from "./place-card.tsx";

export const inChat: InChat = {
  plus: [
    {
      id: "location",
      icon: MapPin,
      label: "plus.location",
      order: 4,
      pick: (chat) => void import("./place-sheet.tsx").then((m) => m.askPlace(chat.id)),
    },
  ],
};
