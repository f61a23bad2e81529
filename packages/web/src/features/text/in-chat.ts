/** The entry for a text in a message's menu: shows the text in large type over the whole screen. */
import { AArrowUp } from "lucide";
import type { InChat } from "../../feature.ts";
import { LargeText } from "../../kit/large-text.tsx";
import { openSheet } from "../../kit/opened-sheet.ts";
import { lazily } from "../../shell/lazy.ts";

const largeText = lazily(async () => LargeText);

export const inChat: InChat = {
  menu: [
    ({ item: { body } }) =>
      body.kind === "text"
        ? {
            icon: AArrowUp,
            words: "menu.large",
            id: "large",
            order: 80,
            gesture: "taps",
            run: () => openSheet(largeText, { text: body.text }),
          }
        : undefined,
  ],
};
