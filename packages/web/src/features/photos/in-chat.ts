/** The part of photos and videos in a conversation. */
import { Camera, Image } from "lucide";
import type { InChat } from "../../feature.ts";
import { chooseFiles, sendFiles } from "../../kit/send-files.ts";

export { PhotoGrid } from "./photo-grid.tsx";
export { VideoCard } from "./video-card.tsx";

const kinds = "image/*,video/*";

export const inChat: InChat = {
  plus: [
    {
      id: "photo",
      icon: Image,
      label: "plus.photo",
      order: 1,
      pick: (chat) => chooseFiles(kinds, (files) => void sendFiles(chat.id, files, false)),
    },
    {
      id: "camera",
      icon: Camera,
      label: "plus.camera",
      order: 2,
      pick: (chat) => chooseFiles(kinds, (files) => void sendFiles(chat.id, files, false), "environment"),
    },
  ],
};
