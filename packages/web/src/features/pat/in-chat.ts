/** Patting in the menu of a message; a double tap on a face does it too (chat/hands.ts). */
import { Hand } from "lucide";
import type { InChat } from "../../feature.ts";
import { isMessage } from "../../kit/message.ts";
import { api, attempt } from "../../shell/session.ts";

export const inChat: InChat = {
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite && isMessage(item) && !item.mine
        ? {
            icon: Hand,
            words: "menu.pat",
            id: "pat",
            order: 100,
            gesture: "taps-on-face",
            run: () => void attempt(() => api.pat(chat, item.from.account)),
          }
        : undefined,
  ],
};
