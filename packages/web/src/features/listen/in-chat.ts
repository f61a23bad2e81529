/** Reading out in the menu of a message, and the button beside it in elder mode. */
import { Volume2 } from "lucide";
import type { InChat } from "../../feature.ts";
import { languageOf } from "../../kit/text.ts";
import { locale } from "../../locales/i18n.ts";
import { listen, mayListen } from "./listen.ts";

export { ListenButton } from "./listen-button.tsx";

export const inChat: InChat = {
  menu: [
    ({ item: { id, body } }) => {
      if (body.kind !== "text") return undefined;
      const language = languageOf(body.text, locale.value);
      if (!mayListen(language)) return undefined;
      return {
        icon: Volume2,
        words: "menu.listen",
        id: "menu-listen",
        order: 140,
        run: () => listen(id, body.text, language),
      };
    },
  ],
};
