/** What forwarding and keeping add to a conversation. */
import { Bookmark, Forward } from "lucide";
import type { InChat } from "../../feature.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { stopSelecting } from "../../kit/selection.ts";
import { lazily } from "../../shell/lazy.ts";
import { keep, may } from "./carry.ts";
import { ForwardSheet } from "./forward-sheet.tsx";

export { RecordCard } from "./record-card.tsx";

import "./record-sheet.tsx"; // It opens from a card, and from itself.

const forwardSheet = lazily(async () => ForwardSheet);
const forward = { icon: Forward, words: "menu.forward", order: 40 } as const;
const keeping = { icon: Bookmark, words: "menu.save", order: 60 } as const;

export const inChat: InChat = {
  menu: [
    ({ chat, item }) =>
      may.carry(item)
        ? { ...forward, id: "forward", run: () => openSheet(forwardSheet, { chat, items: [item] }) }
        : undefined,
    ({ chat, item }) => (may.keep(item) ? { ...keeping, id: "keep", run: () => void keep(chat, [item]) } : undefined),
  ],
  many: [
    {
      ...forward,
      id: "select-forward",
      may: may.carry,
      run: (chat, items) => openSheet(forwardSheet, { chat, items }),
    },
    {
      ...keeping,
      id: "select-keep",
      may: may.keep,
      run: (chat, items) => void keep(chat, items).then((done) => done && stopSelecting()),
    },
  ],
};
