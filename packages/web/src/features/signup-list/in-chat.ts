/** What lists add to a conversation. */
import { ListOrdered } from "lucide";
import type { InChat } from "../../feature.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { lazily } from "../../shell/lazy.ts";
import { parseChain } from "./chain-text.ts";
import { ListSheet } from "./list-sheet.tsx";

export { ListCard } from "./list-card.tsx";

const listSheet = lazily(async () => ListSheet);

export const inChat: InChat = {
  plus: [
    {
      id: "chain",
      icon: ListOrdered,
      label: "plus.chain",
      order: 7,
      pick: ({ id }) => openSheet(listSheet, { chat: id }),
    },
  ],
  // A list by hand may become one that all write on.
  pasted: (chat, text) => {
    const plain = parseChain(text);
    if (plain === undefined) return undefined;
    return { words: "chain.looks", action: "chain.become", run: () => openSheet(listSheet, { chat, plain }) };
  },
};
