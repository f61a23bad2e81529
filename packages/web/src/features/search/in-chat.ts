/** Entries to the search in a conversation. */
import { Search as Glass } from "lucide";
import { h } from "preact";
import type { InChat } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { ChatSearch } from "./chat-search.tsx";
export { Search } from "./search.tsx";

export const inChat: InChat = {
  info: [
    {
      order: 10,
      row: ({ conversation: id }) =>
        h(SettingLink, {
          icon: Glass,
          label: t("search.here"),
          to: { name: "chat-search", id },
          testId: "chat-search",
        }),
    },
  ],
};
