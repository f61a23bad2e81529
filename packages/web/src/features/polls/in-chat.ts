/** What polls add to a conversation. */
import { ChartBar } from "lucide";
import type { InChat } from "../../feature.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { lazily } from "../../shell/lazy.ts";
import { PollSheet } from "./poll-sheet.tsx";

export { PollCard } from "./poll-card.tsx";

const pollSheet = lazily(async () => PollSheet);

export const inChat: InChat = {
  plus: [
    { id: "poll", icon: ChartBar, label: "plus.poll", order: 6, pick: ({ id }) => openSheet(pollSheet, { chat: id }) },
  ],
};
