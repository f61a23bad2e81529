/**
 * Faces: what one sends or writes with beside words. What was used last, emoji, the packs of stickers, one's own; one
 * search through all of them, by their names in Chinese, pinyin and English (docs/spec/media.md ME15, ME18).
 */

import { Clock, Smile } from "lucide";
import { useState } from "preact/hooks";
import type { FaceSource } from "../feature.ts";
import { recentEmoji } from "../kit/emoji.ts";
import { EmojiGrid, EmojiGroups } from "../kit/emoji-panel.tsx";
import { type PanelTab, PanelTabs } from "../kit/panel-tabs.tsx";
import { findSmileys, SmileyGrid } from "../kit/smileys/grid.tsx";
import { SmileyPicture } from "../kit/smileys/picture.tsx";
import { useReader } from "../kit/use-reader.ts";
import { t } from "../locales/i18n.ts";
import { inChats } from "../shell/features.ts";
import { Icon } from "../shell/icon.tsx";

/** Where one was last, for the next time that it opens. */
let last = "smileys";

/** What features bring. */
const sources = (): readonly FaceSource[] => inChats().flatMap(({ faces }) => faces ?? []);

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
    ...sources().flatMap(({ tabs: brought }) => brought()),
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
    case "recent":
      return <Recent chat={chat} onEmoji={onEmoji} />;
    default: {
      const source = sources().find(({ tabs }) => tabs().some(({ id }) => id === tab));
      return source === undefined ? null : <source.Tab chat={chat} tab={tab} />;
    }
  }
}

function Recent({ chat, onEmoji }: FacesProps) {
  const [emoji] = useState(recentEmoji);
  return (
    <div class="panel-scroll">
      {sources().map(({ Recent: RecentOf }, place) => (
        <RecentOf key={place} chat={chat} hasOthers={emoji.length > 0} />
      ))}
      <EmojiGrid emoji={emoji} onPick={onEmoji} />
    </div>
  );
}

function Found({ chat, query, onEmoji }: FacesProps & { readonly query: string }) {
  const reader = useReader();
  return (
    <div class="panel-scroll">
      <SmileyGrid of={findSmileys(query, reader)} onPick={onEmoji} />
      {sources().map(({ Found: FoundIn }, place) => (
        <FoundIn key={place} chat={chat} query={query} />
      ))}
      <EmojiGroups query={query} onPick={onEmoji} />
    </div>
  );
}
