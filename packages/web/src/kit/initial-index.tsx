/**
 * The letters at the side: tap or drag; the letter under the finger shows large beside it.
 */
import { useState } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import "./letters.css";

type InitialIndexProps = {
  readonly letters: readonly string[];
  readonly has: (letter: string) => boolean;
  readonly onInitial: (letter: string) => void;
};

export function InitialIndex({ letters: all, has, onInitial }: InitialIndexProps) {
  const [under, setUnder] = useState<string | undefined>(undefined);
  const letters = all.filter(has);
  const at = (event: PointerEvent) => {
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-letter]");
    const letter = found?.dataset["letter"];
    if (letter === undefined || letter === under) return;
    setUnder(letter);
    onInitial(letter);
  };
  return (
    <nav
      class="index"
      aria-label={t("contacts.index")}
      onPointerDown={at}
      onPointerMove={(event) => event.buttons !== 0 && at(event)}
      onPointerUp={() => setUnder(undefined)}
      onPointerCancel={() => setUnder(undefined)}
      onPointerLeave={() => setUnder(undefined)}
    >
      {letters.map((letter) => (
        <button
          key={letter}
          type="button"
          data-letter={letter}
          class={under === letter ? "on" : ""}
          onClick={() => onInitial(letter)}
        >
          {letter}
        </button>
      ))}
      {under !== undefined && (
        <span class="index-bubble" aria-hidden="true">
          {under}
        </span>
      )}
    </nav>
  );
}
