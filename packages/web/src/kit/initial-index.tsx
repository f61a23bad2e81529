/**
 * The index of initials at the side of a list: tap or drag. The initial under the finger is shown large beside it.
 */
import { useState } from "preact/hooks";
import { t } from "../locales/i18n.ts";
import "./initial-index.css";

type InitialIndexProps = {
  readonly initials: readonly string[];
  readonly has: (initial: string) => boolean;
  readonly onInitial: (initial: string) => void;
};

export function InitialIndex({ initials: all, has, onInitial }: InitialIndexProps) {
  const [under, setUnder] = useState<string | undefined>(undefined);
  const initials = all.filter(has);
  const at = (event: PointerEvent) => {
    const found = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-initial]");
    const initial = found?.dataset["initial"];
    if (initial === undefined || initial === under) return;
    setUnder(initial);
    onInitial(initial);
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
      {initials.map((initial) => (
        <button
          key={initial}
          type="button"
          data-initial={initial}
          class={under === initial ? "on" : ""}
          onClick={() => onInitial(initial)}
        >
          {initial}
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
