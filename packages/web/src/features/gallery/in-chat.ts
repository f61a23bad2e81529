/** The pictures and files of a chat. */
import { Files, Images } from "lucide";
import { h } from "preact";
import type { InChat } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { Album } from "./album.tsx";
export { ChatFiles } from "./files.tsx";

export const inChat: InChat = {
  info: [
    {
      order: 20,
      row: ({ conversation: id }) =>
        h(SettingLink, { icon: Images, label: t("gallery.album"), to: { name: "album", id }, testId: "chat-album" }),
    },
    {
      order: 30,
      row: ({ conversation: id }) =>
        h(SettingLink, {
          icon: Files,
          label: t("gallery.files"),
          to: { name: "chat-files", id },
          testId: "chat-files-open",
        }),
    },
  ],
};
