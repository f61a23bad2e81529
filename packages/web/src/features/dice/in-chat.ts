/** What dice add to a conversation. */
import { Dices } from "lucide";
import type { InChat } from "../../feature.ts";
import { api, attempt } from "../../shell/session.ts";

export { Die } from "./die.tsx";

export const inChat: InChat = {
  plus: [
    {
      id: "dice",
      icon: Dices,
      label: "plus.dice",
      order: 8,
      pick: ({ id }) => void attempt(() => api.rollDie(id)),
    },
  ],
};
