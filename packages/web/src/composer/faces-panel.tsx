/**
 * Faces: what one sends or writes with beside words. What was used last, emoji, the packs of stickers, one's own; one search
 * through all of them, by their names in Chinese, pinyin and English (docs/spec/media.md ME15, ME18).
 */
import { stickerPacks } from "@yanshu/content";
import { Clock, Smile, Star } from "lucide";
import { useState } from "preact/hooks";
import { OwnStickers, PackedStickers, type Picked, RecentStickers, StickerTiles } from "../features/stickers/grids.tsx";
import { stillUrl } from "../features/stickers/pictures.ts";
import { isNamed } from "../features/stickers/suggest.ts";
import { recentEmoji } from "../kit/emoji.ts";
import { matchesName } from "../kit/pinyin.ts";
import { findSmileys, SmileyGrid } from "../kit/smileys/grid.tsx";
import { SmileyPicture } from "../kit/smileys/picture.tsx";
import { useReader } from "../kit/use-reader.ts";
import { locale, t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { useView } from "../shell/session.ts";
import { EmojiGrid, EmojiGroups } from "./emoji-panel.tsx";
import { type PanelTab, PanelTabs } from "./panel-tabs.tsx";

/** Where one was last, for the next time that it opens. */
let last = "smileys";

type FacesProps = { readonly chat: string; readonly onEmoji: (emoji: string) => void };

export function FacesPanel({ chat, onEmoji }: FacesProps) {
  const [query, setQuery] = useState("");
  const [tab, setTab] = useState(last);
  const isAsked = query.trim() !== "";
  const pick = (next: string) => {
    last = next;
    setTab(next);
  };
  const tabs: readonly PanelTab<string>[] = [
    { id: "recent", words: t("emoji.recent"), face: <Icon of={Clock} /> },
    {
      id: "smileys",
      words: t("smiley.pack"),
      face: (
        <span class="smiley" aria-hidden="true">
          <SmileyPicture id="呲牙" code="" />
        </span>
      ),
    },
    { id: "emoji", words: t("compose.emoji"), face: <Icon of={Smile} /> },
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
  ];
  return (
    <div class="panel faces-panel" data-testid="emoji-panel">
      <div class="panel-top">
        <input
          type="search"
          class="field-box"
          aria-label={t("emoji.search")}
          placeholder={t("emoji.search")}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <PanelTabs class="kinds" label={t("sticker.kinds")} tabs={tabs} on={isAsked ? undefined : tab} onPick={pick} />
      </div>
      <div class="panel-shown" role="tabpanel" aria-label={isAsked ? t("emoji.search") : titleOf(tabs, tab)}>
        {isAsked ? (
          <Found chat={chat} query={query} onEmoji={onEmoji} />
        ) : (
          <Shown chat={chat} tab={tab} onEmoji={onEmoji} />
        )}
      </div>
    </div>
  );
}

function titleOf(tabs: readonly PanelTab<string>[], on: string): string {
  return tabs.find(({ id }) => id === on)?.words ?? "";
}

function Shown({ chat, tab, onEmoji }: FacesProps & { readonly tab: string }) {
  switch (tab) {
    case "smileys":
      return <SmileyGrid onPick={onEmoji} />;
    case "emoji":
      return <EmojiGroups query="" onPick={onEmoji} />;
    case "own":
      return <OwnStickers chat={chat} />;
    case "recent":
      return <Recent chat={chat} onEmoji={onEmoji} />;
    default:
      return <PackedStickers chat={chat} pack={tab} />;
  }
}

function Recent({ chat, onEmoji }: FacesProps) {
  const [emoji] = useState(recentEmoji);
  return (
    <div class="panel-scroll">
      <RecentStickers chat={chat} hasOthers={emoji.length > 0} />
      <EmojiGrid emoji={emoji} onPick={onEmoji} />
    </div>
  );
}

function Found({ chat, query, onEmoji }: FacesProps & { readonly query: string }) {
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
  return (
    <div class="panel-scroll">
      <SmileyGrid of={findSmileys(query, reader)} onPick={onEmoji} />
      <StickerTiles chat={chat} stickers={found} />
      <EmojiGroups query={query} onPick={onEmoji} />
    </div>
  );
}
