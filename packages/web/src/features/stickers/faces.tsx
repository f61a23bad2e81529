/**
 * Stickers in the panel of faces: the packs, one's own, those used last, and what a search finds (docs/spec/media.md
 * ME15, ME18).
 */
import { stickerPacks } from "@yanshu/content";
import { Star } from "lucide";
import type { FaceSource } from "../../feature.ts";
import { matchesName } from "../../kit/pinyin.ts";
import { useReader } from "../../kit/use-reader.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { OwnStickers, PackedStickers, type Picked, RecentStickers, StickerTiles } from "./grids.tsx";
import { stillUrl } from "./pictures.ts";
import { isNamed } from "./suggest.ts";

export const faces: FaceSource = {
  tabs: () => [
    ...stickerPacks.map(({ id, names, stickers }) => ({
      id,
      words: names[locale.value],
      face: (
        <img
          src={stillUrl({ pack: id, sticker: stickers[0]?.id ?? "" }, locale.value, false)}
          width="28"
          height="28"
          alt=""
        />
      ),
    })),
    { id: "own", words: t("sticker.own"), face: <Icon of={Star} /> },
  ],
  Tab: ({ chat, tab }) => (tab === "own" ? <OwnStickers chat={chat} /> : <PackedStickers chat={chat} pack={tab} />),
  Recent: RecentStickers,
  Found,
};

function Found({ chat, query }: { readonly chat: string; readonly query: string }) {
  const reader = useReader();
  const own = useView("stickers") ?? [];
  const found: readonly Picked[] = [
    ...own
      .filter(({ name, packed }) => packed === undefined && name !== "" && matchesName([name], query, reader))
      .map(({ id, name }) => ({ own: id, name })),
    ...stickerPacks.flatMap(({ id: pack, stickers }) =>
      stickers
        .filter(
          ({ id, names }) => isNamed({ pack, sticker: id }, query) || matchesName([names["zh-Hans"]], query, reader),
        )
        .map(({ id }) => ({ pack, sticker: id })),
    ),
  ];
  return <StickerTiles chat={chat} stickers={found} />;
}
