/** Stickers to choose from: a tap sends one. */
import { packedSticker, stickerPacks } from "@yanshu/content";
import { Pencil, Plus } from "lucide";
import { useRef, useState } from "preact/hooks";
import "./stickers.css";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { go } from "../../shell/router.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { NewStickerSheet } from "./new-sticker.tsx";
import { type Packed, stillUrl, useOwnUrl } from "./pictures.ts";
import { keyOf, recentStickers, rememberSticker } from "./recent.ts";

/** One's own by its id, with the name that one gave it. */
export type Picked = Packed | { readonly own: string; readonly name: string };

async function sendPicked(chat: string, picked: Picked): Promise<boolean> {
  const chosen = "own" in picked ? { own: picked.own } : { pack: picked.pack, sticker: picked.sticker };
  rememberSticker(chosen);
  return succeeds(() => api.sendSticker(chat, chosen));
}

type TilesProps = {
  readonly chat: string;
  readonly stickers: readonly Picked[];
  readonly onSent?: () => void;
};

export function StickerTiles({ chat, stickers, onSent }: TilesProps) {
  if (stickers.length === 0) return null;
  return (
    <div class="sticker-grid">
      {stickers.map((one) => (
        <button
          key={keyOf(one)}
          type="button"
          class="sticker-tile"
          aria-label={nameOf(one)}
          title={nameOf(one)}
          data-testid="sticker-pick"
          data-sticker={keyOf(one)}
          // The composer's field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => {
            onSent?.();
            void sendPicked(chat, one);
          }}
        >
          {"own" in one ? <OwnPicture id={one.own} /> : <img src={stillUrl(one, locale.value)} alt="" loading="lazy" />}
        </button>
      ))}
    </div>
  );
}

export function nameOf(one: Picked): string {
  if ("own" in one) return one.name || t("sticker.one");
  return packedSticker(one.pack, one.sticker)?.names[locale.value] ?? t("sticker.one");
}

export function OwnPicture({ id }: { id: string }) {
  const url = useOwnUrl(id);
  return url === undefined ? <span class="sticker-coming" /> : <img src={url} alt="" />;
}

export function PackedStickers({ chat, pack }: { chat: string; pack: string }) {
  const stickers = stickerPacks.find(({ id }) => id === pack)?.stickers ?? [];
  return (
    <div class="panel-scroll">
      <StickerTiles chat={chat} stickers={stickers.map(({ id }) => ({ pack, sticker: id }))} />
    </div>
  );
}

export function RecentStickers({ chat, hasOthers }: { chat: string; hasOthers: boolean }) {
  const own = useOwnPicked();
  // As it was when the panel opened: what one taps does not jump away under the finger.
  const [recent] = useState(recentStickers);
  const shown = recent.flatMap((one): readonly Picked[] => {
    if (!("own" in one)) return packedSticker(one.pack, one.sticker) === undefined ? [] : [one];
    return own.filter((kept) => "own" in kept && kept.own === one.own);
  });
  if (shown.length === 0 && !hasOthers) return <p class="panel-none">{t("sticker.noRecent")}</p>;
  return <StickerTiles chat={chat} stickers={shown} />;
}

/** One's own, those of a pack as what they are. */
function useOwnPicked(): readonly Picked[] {
  return (useView("stickers") ?? []).map(({ id, name, packed }) => packed ?? { own: id, name });
}

export function OwnStickers({ chat }: { chat: string }) {
  const own = useOwnPicked();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | undefined>(undefined);
  return (
    <div class="panel-scroll">
      <div class="sticker-acts">
        <button type="button" class="btn line sm" data-testid="sticker-add" onClick={() => input.current?.click()}>
          <Icon of={Plus} size="s" />
          {t("sticker.add")}
        </button>
        {own.length > 0 && (
          <button
            type="button"
            class="btn line sm"
            data-testid="sticker-manage"
            onClick={() => go({ name: "stickers" })}
          >
            <Icon of={Pencil} size="s" />
            {t("sticker.manage")}
          </button>
        )}
        <PictureInput input={input} testId="sticker-input" onFile={setFile} />
      </div>
      {own.length === 0 && <p class="panel-none">{t("sticker.hint")}</p>}
      <StickerTiles chat={chat} stickers={own} />
      {file !== undefined && <NewStickerSheet file={file} onClose={() => setFile(undefined)} />}
    </div>
  );
}
