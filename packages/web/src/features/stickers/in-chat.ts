/** What stickers add to a conversation: themselves, and a picture that becomes one. */
import { SmilePlus } from "lucide";
import type { InChat } from "../../feature.ts";
import { faces } from "./faces.tsx";

export { StickerBody } from "./sticker-body.tsx";
export { StickerStrip } from "./strip.tsx";

export const inChat: InChat = {
  faces,
  menu: [
    ({ item }) =>
      item.body.kind === "sticker" || (item.body.kind === "photos" && item.body.pictures.length === 1)
        ? {
            icon: SmilePlus,
            words: "menu.sticker",
            id: "add-sticker",
            order: 50,
            run: () => void import("./make.ts").then(({ keepFrom }) => keepFrom(item)),
          }
        : undefined,
  ],
};
