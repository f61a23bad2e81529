/**
 * Translation in the menu of a message, and below it; in the details of a chat the switch that shows both languages.
 */
import { Languages } from "lucide";
import { h } from "preact";
import type { InChat } from "../../feature.ts";
import { decide } from "../../kit/translated.ts";
import { BothLinesRow } from "./rows.tsx";
import { isTranslated, showTranslation, translatableOf } from "./translatable.ts";

export { Translation } from "./translation.tsx";

export const inChat: InChat = {
  info: [{ order: 60, row: ({ conversation: chat }) => h(BothLinesRow, { chat }) }],
  menu: [
    ({ chat, item, view }) => {
      const said = translatableOf(item, view);
      if (said === undefined) return undefined;
      const action = { icon: Languages, order: 130 };
      return isTranslated(chat, item, said)
        ? { ...action, words: "translate.off", id: "translate-off", run: () => decide(item, false) }
        : { ...action, words: "menu.translate", id: "translate", run: () => void showTranslation(item, said) };
    },
  ],
};
