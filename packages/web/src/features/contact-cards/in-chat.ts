/** What contact cards add to a conversation. */
import { IdCard } from "lucide";
import type { InChat } from "../../feature.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { lazily } from "../../shell/lazy.ts";
import { PickCard } from "./pick-card.tsx";

export { PersonCard } from "./person-card.tsx";

const pickCard = lazily(async () => PickCard);

export const inChat: InChat = {
  plus: [
    { id: "card", icon: IdCard, label: "plus.card", order: 5, pick: ({ id }) => openSheet(pickCard, { chat: id }) },
  ],
};
