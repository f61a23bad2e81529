/** Stickers that a person keeps: names and ids; what they look like is read one by one, for it is large. */
import { decodeBody } from "@yanshu/content";
import { readOwnStickers } from "@yanshu/store";
import { toHex } from "@yanshu/wire";
import type { OwnStickerView } from "../api/stickers.ts";
import type { ViewContext } from "./context.ts";

export function readStickers({ database }: ViewContext): readonly OwnStickerView[] {
  return readOwnStickers(database).flatMap(({ id, body }): readonly OwnStickerView[] => {
    const sticker = decodeBody(body);
    if (sticker?.kind !== "sticker") return [];
    const { name, packed } = sticker;
    return [
      {
        id: toHex(id),
        name,
        ...(packed === undefined ? {} : { packed: { pack: packed.pack, sticker: packed.sticker } }),
      },
    ];
  });
}
