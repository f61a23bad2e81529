/**
 * A sticker in the log, or in what was kept of it: without a bubble, with its name for people who hear instead of see.
 */
import type { StickerItemBody } from "@yanshu/client";
import "./stickers.css";
import { stickerWords } from "../../kit/sticker-names.ts";
import { t } from "../../locales/i18n.ts";
import { pictureUrl } from "../../shell/picture-url.ts";
import { type Packed, useMovingUrl } from "./pictures.ts";

export function StickerBody({ body }: { body: StickerItemBody }) {
  const name = stickerWords(body.name) || t("sticker.one");
  if (body.picture !== undefined) {
    return (
      <img
        class="sticker-picture"
        src={pictureUrl(body.picture.bytes)}
        alt={name}
        draggable={false}
        data-testid="sticker"
      />
    );
  }
  if (body.packed === undefined) return null;
  return <Moving packed={body.packed} name={name} emoji={body.packed.emoji} />;
}

function Moving({ packed, name, emoji }: { packed: Packed; name: string; emoji: string }) {
  const url = useMovingUrl(packed);
  if (url === undefined) {
    // A pack that came with a later version: its emoji, and what it is called.
    return (
      <span class="sticker-unknown" data-testid="sticker">
        <span aria-hidden="true">{emoji}</span>
        {name}
      </span>
    );
  }
  return <img class="sticker-picture" src={url} alt={name} draggable={false} data-testid="sticker" />;
}
