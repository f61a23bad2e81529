/**
 * Emoji panel: a grid by group, a search in the reader's language, and what was used last. The list is
 * Unicode's, served from our own address like everything else.
 */
import { useEffect, useState } from "preact/hooks";
import { type Locale, locale, type MessageId, t } from "../locales/i18n.ts";
import { type Emoji, emojiGroups, findEmoji, recentEmoji, rememberEmoji } from "./emoji.ts";

const groupIcons: Record<number, string> = { 0: "😀", 1: "👋", 3: "🐱", 4: "🥟", 5: "🏡", 6: "🎈", 7: "📚", 8: "❤️" };

async function load(of: Locale): Promise<readonly Emoji[]> {
  switch (of) {
    case "en":
      return (await import("emoji-picker-element-data/en/emojibase/data.json")).default as readonly Emoji[];
    case "zh-Hant":
      return (await import("emoji-picker-element-data/zh-hant/cldr/data.json")).default as readonly Emoji[];
    case "zh-Hans":
      return (await import("emoji-picker-element-data/zh/emojibase/data.json")).default as readonly Emoji[];
    default:
      return of satisfies never;
  }
}

export function EmojiPanel({ onPick }: { onPick: (emoji: string) => void }) {
  const [all, setAll] = useState<readonly Emoji[]>([]);
  const [recent, setRecent] = useState(recentEmoji);
  const [group, setGroup] = useState(recent.length > 0 ? -1 : 0);
  const [query, setQuery] = useState("");
  const of = locale.value;
  useEffect(() => {
    void load(of).then(setAll);
  }, [of]);

  const shown =
    query.trim() === ""
      ? group === -1
        ? recent
        : all.filter((emoji) => emoji.group === group).map(({ emoji }) => emoji)
      : findEmoji(all, query);
  const pick = (emoji: string) => {
    setRecent(rememberEmoji(emoji));
    onPick(emoji);
  };
  return (
    <div class="panel" data-testid="emoji-panel">
      <input
        type="search"
        class="field-box"
        aria-label={t("emoji.search")}
        placeholder={t("emoji.search")}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <div class="panel-tabs" role="tablist" aria-label={t("compose.emoji")}>
        {recent.length > 0 && (
          <PanelTab isOn={group === -1} words="emoji.recent" icon="🕘" onPick={() => setGroup(-1)} />
        )}
        {emojiGroups.map((number) => (
          <PanelTab
            key={number}
            isOn={group === number}
            words={`emoji.group${number}`}
            icon={groupIcons[number] ?? ""}
            onPick={() => setGroup(number)}
          />
        ))}
      </div>
      <div class="panel-grid">
        {shown.map((emoji) => (
          <button
            key={emoji}
            type="button"
            // Writing goes on where it was.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(emoji)}
          >
            {emoji}
          </button>
        ))}
        {all.length > 0 && shown.length === 0 && <p>{t("emoji.none")}</p>}
      </div>
    </div>
  );
}

type PanelTabProps = {
  readonly isOn: boolean;
  readonly words: MessageId;
  readonly icon: string;
  readonly onPick: () => void;
};

function PanelTab({ isOn, words, icon, onPick }: PanelTabProps) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={isOn}
      aria-label={t(words)}
      title={t(words)}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPick}
    >
      {icon}
    </button>
  );
}
