/** Translation in the menu of a message, and below it. */
import { Languages } from "lucide";
import type { InChat } from "../../feature.ts";
import { decide } from "../../kit/translated.ts";
import { isTranslated, letterOf, showTranslation } from "./letters.ts";

export { Translation } from "./translation.tsx";

export const inChat: InChat = {
  menu: [
    ({ chat, item, view }) => {
      const letter = letterOf(item, view);
      if (letter === undefined) return undefined;
      const action = { icon: Languages, order: 130 };
      return isTranslated(chat, item, letter)
        ? { ...action, words: "translate.off", id: "translate-off", run: () => decide(item, false) }
        : { ...action, words: "menu.translate", id: "translate", run: () => void showTranslation(item, letter) };
    },
  ],
};
