/** Stickers: an own one, told to own devices under both of its names, and one of a pack. */
import { testFeature } from "../feature.ts";

export const stickers = testFeature({
  messages: [
    async ({ canaries, from, chat }) => {
      const own = await from.api.keepSticker({
        name: `喵 ${canaries.text("first name of a sticker")}`,
        type: "image/png",
        width: 240,
        height: 240,
        bytes: canaries.picture("sticker", 1_500),
      });
      await from.api.renameSticker(own, `猫 ${canaries.text("name of a sticker")}`);
      return from.api.sendSticker(chat, { own });
    },
    ({ from, chat }) => from.api.sendSticker(chat, { pack: "goose", sticker: "hug" }),
  ],

  corpus: ({ ann, chat }) => ann.api.sendSticker(chat, { pack: "goose", sticker: "hug" }),
});
