/** What can be done with the selected messages; stands where the composer was. */
import type { TimelineItem } from "@yanshu/client";
import { X } from "lucide";
import { useEffect } from "preact/hooks";
import { stopSelecting } from "../kit/selection.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { manyActions } from "./actions.ts";

export function SelectBar({ chat, items }: { chat: string; items: readonly TimelineItem[] }) {
  useEffect(() => {
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      event.stopPropagation();
      stopSelecting();
    };
    document.addEventListener("keydown", onEscape, true);
    return () => document.removeEventListener("keydown", onEscape, true);
  }, []);
  return (
    <footer class="comp select-bar" data-testid="select-bar">
      <p role="status">{t("select.count", { n: items.length })}</p>
      <div class="select-acts">
        {manyActions().map(({ icon, words, id, danger, may, run }) => (
          <button
            key={id}
            type="button"
            class={danger === true ? "danger" : ""}
            disabled={items.length === 0 || !items.every(may)}
            data-testid={id}
            onClick={() => run(chat, items)}
          >
            <Icon of={icon} />
            {t(words)}
          </button>
        ))}
        <button type="button" data-testid="select-cancel" onClick={stopSelecting}>
          <Icon of={X} />
          {t("action.cancel")}
        </button>
      </div>
    </footer>
  );
}
