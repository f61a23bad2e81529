/** What pins add to the menu of a message. */
import { Pin } from "lucide";
import type { InChat } from "../../feature.ts";
import { isQuotable, refOf } from "../../kit/message.ts";
import { api, attempt } from "../../shell/session.ts";

export const inChat: InChat = {
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite && isQuotable(item)
        ? {
            icon: Pin,
            words: "menu.pin",
            id: "pin-message",
            order: 90,
            run: () => void attempt(() => api.pin(chat, refOf(item), true)),
          }
        : undefined,
  ],
};
