/** What packets, transfers and shared bills add to a conversation. */
import { BookOpen, Gift, HandCoins, ReceiptText, Undo2 } from "lucide";
import { h } from "preact";
import type { InChat } from "../../feature.ts";
import { screenKind } from "../../kit/kinds/index.ts";
import { isSettled } from "../../kit/message.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { isMeant } from "../../shell/sheet.tsx";
import { LedgerRow } from "./ledger-row.tsx";

export { OweCard, ShareCard } from "./debt-cards.tsx";
export { PacketCard } from "./packet-card.tsx";

/** As of other messages. */
const takeBackMs = 2 * 60_000;
const kinds: ReadonlySet<string> = new Set(["packet", "owe", "share"]);

export const inChat: InChat = {
  plus: [
    {
      id: "packet",
      icon: Gift,
      label: "plus.packet",
      order: 10,
      isFor: (kind) => screenKind(kind).isWithOthers,
      pick: ({ id }) => void import("./packet-sheet.tsx").then((m) => m.askPacket(id)),
    },
    {
      id: "owe",
      icon: HandCoins,
      label: "plus.owe",
      order: 11,
      isFor: (kind) => screenKind(kind).isWithOthers,
      pick: ({ id }) => void import("./debt-sheets.tsx").then((m) => m.askOwe(id)),
    },
    {
      id: "share",
      icon: ReceiptText,
      label: "plus.share",
      order: 12,
      isFor: (kind) => screenKind(kind).isWithOthers,
      pick: ({ id }) => void import("./debt-sheets.tsx").then((m) => m.askShare(id)),
    },
  ],
  info: [
    {
      order: 30,
      row: ({ conversation: chat, kind }) =>
        screenKind(kind).isWithOthers ? h(LedgerRow, { icon: BookOpen, chat }) : null,
    },
  ],
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite && item.mine && isSettled(item) && kinds.has(item.body.kind) && item.atMs + takeBackMs >= Date.now()
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
