/** The part of files in a conversation. */
import { Folder } from "lucide";
import type { InChat } from "../../feature.ts";
import { chooseFiles, sendFiles } from "../../kit/send-files.ts";

export { FileCard } from "./file-card.tsx";

export const inChat: InChat = {
  plus: [
    {
      id: "file",
      icon: Folder,
      label: "plus.file",
      order: 3,
      pick: (chat) => chooseFiles("", (files) => void sendFiles(chat.id, files, true)),
    },
  ],
};
