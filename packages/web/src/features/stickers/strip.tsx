/** Stickers that match the field's text, in a row above it; a tap sends the sticker instead of the text. */
import { useEffect } from "preact/hooks";
import "./stickers.css";
import { t } from "../../locales/i18n.ts";
import { useView } from "../../shell/session.ts";
import { type Picked, StickerTiles } from "./grids.tsx";
import { fitsName, suggest } from "./suggest.ts";

const ownMax = 3;

type StripProps = {
  readonly chat: string;
  readonly words: string;
  /** Reports the number of suggestions: with none, Escape is left to others. */
  readonly onFound: (count: number) => void;
  readonly onSent: () => void;
  readonly onAway: () => void;
};

export function StickerStrip({ chat, words, onFound, onSent, onAway }: StripProps) {
  const own = useView("stickers") ?? [];
  const shown: readonly Picked[] = [
    ...own
      .filter(({ name, packed }) => packed === undefined && fitsName(name, words))
      .slice(0, ownMax)
      .map(({ id, name }) => ({ own: id, name })),
    ...suggest(words),
  ];
  useEffect(() => {
    onFound(shown.length);
    return () => onFound(0);
  }, [shown.length]);
  if (shown.length === 0) return null;
  return (
    <fieldset
      class="sticker-strip"
      aria-label={t("sticker.fitting")}
      data-testid="sticker-strip"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onAway();
      }}
    >
      <StickerTiles chat={chat} stickers={shown} onSent={onSent} />
    </fieldset>
  );
}
