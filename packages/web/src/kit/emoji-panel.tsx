/**
 * Emoji: a grid by group, a search in the reader's language, and the recently used. The data is Unicode's list, served
 * from our own origin.
 */
import { useEffect, useState } from "preact/hooks";
import { type Locale, locale, t } from "../locales/i18n.ts";
import { type Emoji, emojiGroups, findEmoji, recentEmoji, rememberEmoji } from "./emoji.ts";
import { type PanelTab, PanelTabs } from "./panel-tabs.tsx";
import { lineWithSmileys } from "./smileys/drawn.ts";
import { useReader } from "./use-reader.ts";

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

/** The whole panel with a search field, for reactions. */
export function EmojiPanel({ onPick }: { onPick: (emoji: string) => void }) {
  const [query, setQuery] = useState("");
  return (
    <div class="panel" data-testid="emoji-panel">
      <input
        type="search"
        class="field-box"
        aria-label={t("emoji.search")}
        placeholder={t("emoji.search")}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <EmojiGroups query={query} onPick={onPick} hasRecent />
    </div>
  );
}

type EmojiGroupsProps = {
  readonly query: string;
  readonly onPick: (emoji: string) => void;
  /** The recently used emoji are a group. */
  readonly hasRecent?: boolean;
};

/** The groups, or the results of the query. */
export function EmojiGroups({ query, onPick, hasRecent = false }: EmojiGroupsProps) {
  const [all, setAll] = useState<readonly Emoji[]>([]);
  const [others, setOthers] = useState<readonly (readonly Emoji[])[]>([]);
  const reader = useReader();
  const [recent] = useState(() => (hasRecent ? recentEmoji().filter((one) => !one.startsWith("[")) : []));
  const [group, setGroup] = useState(recent.length > 0 ? recentGroup : 0);
  const of = locale.value;
  useEffect(() => {
    void load(of).then(setAll);
    // The search finds names in Chinese and English, since many people write both.
    void Promise.all((["zh-Hans", "en"] as const).filter((one) => one !== of).map(load)).then(setOthers);
  }, [of]);

  const isAsked = query.trim() !== "";
  const shown = isAsked
    ? findEmoji([all, ...others], query, reader)
    : group === recentGroup
      ? recent
      : all.filter((emoji) => emoji.group === group).map(({ emoji }) => emoji);
  const tabs: readonly PanelTab<number>[] = [
    ...(recent.length > 0 ? [{ id: recentGroup, words: t("emoji.recent"), face: "🕘" }] : []),
    ...emojiGroups.map((number) => ({ id: number, words: t(`emoji.group${number}`), face: groupIcons[number] ?? "" })),
  ];
  return (
    <>
      {!isAsked && <PanelTabs label={t("compose.emoji")} tabs={tabs} on={group} onPick={setGroup} />}
      <EmojiGrid emoji={shown} onPick={onPick} />
      {isAsked && all.length > 0 && shown.length === 0 && <p class="panel-none">{t("emoji.none")}</p>}
    </>
  );
}

const recentGroup = -1;

export function EmojiGrid({ emoji, onPick }: { emoji: readonly string[]; onPick: (emoji: string) => void }) {
  return (
    <div class="panel-grid">
      {emoji.map((one) => (
        <button
          key={one}
          type="button"
          // Without this the text field would lose the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => {
            rememberEmoji(one);
            onPick(one);
          }}
        >
          {lineWithSmileys(one)}
        </button>
      ))}
    </div>
  );
}
