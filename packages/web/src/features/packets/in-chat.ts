/** What packets add to a conversation. */
import { Gift, Undo2 } from "lucide";
import type { InChat } from "../../feature.ts";
import { screenKind } from "../../kit/kinds/index.ts";
import { isSettled } from "../../kit/message.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { isMeant } from "../../shell/sheet.tsx";

export { PacketCard } from "./packet-card.tsx";

/** As of other messages. */
const takeBackMs = 2 * 60_000;

export const inChat: InChat = {
  plus: [
    {
      id: "packet",
      icon: Gift,
      label: "plus.packet",
      order: 5,
      isFor: (kind) => screenKind(kind).isWithOthers,
      pick: ({ id }) => void import("./packet-sheet.tsx").then((m) => m.askPacket(id)),
    },
  ],
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite &&
      item.mine &&
      isSettled(item) &&
      item.body.kind === "packet" &&
      item.body.lots.length + item.body.counting.length === 0 &&
      item.atMs + takeBackMs >= Date.now()
        ? {
            icon: Undo2,
            words: "packet.takeBack",
            id: "packet-back",
            order: 120,
            run: () => void takeBack(chat, item.id),
          }
        : undefined,
  ],
};

async function takeBack(chat: string, id: string): Promise<void> {
  if (await isMeant(t("packet.takeBack"))) await attempt(() => api.takeBackPacket(chat, id));
}
