/** Stickers: our own packs, and those that one made (docs/spec/stickers.md). */
import { page, webFeature } from "../../feature.ts";
import { lazily } from "../../shell/lazy.ts";

declare module "../../shell/places.ts" {
  interface Places {
    stickers: Alone;
  }
}

const mine = lazily(() => import("./in-me.tsx").then((m) => m.Stickers));

export const stickers = webFeature({
  slots: {
    sticker: lazily(() => import("./in-chat.ts").then((m) => m.StickerBody)),
    stickerStrip: lazily(() => import("./in-chat.ts").then((m) => m.StickerStrip)),
  },
  labels: { sticker: "kind.sticker" },
  bubbles: { sticker: { as: "media", bubble: lazily(() => import("./in-chat.ts").then((m) => m.StickerBody)) } },
  pages: [page("/me/stickers", { name: "stickers" }, "me", { name: "me" }, mine)],
  inChat: () => import("./in-chat.ts"),
  inMe: () => import("./in-me.tsx"),
});
