/** What can be done with the selected messages; stands where the composer was. */
import type { TimelineItem } from "@yanshu/client";
import { Bookmark, Forward, Trash2, X } from "lucide";
import { useEffect } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { forward, keep, may, remove } from "./acts.ts";
import { stopSelecting } from "./selection.ts";

export function SelectBar({ chat, items }: { chat: string; items: readonly TimelineItem[] }) {
  const isSome = items.length > 0;
  const carriable = isSome && items.every(may.carry);
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
        <button type="button" disabled={!carriable} data-testid="select-forward" onClick={() => forward(chat, items)}>
          <Icon of={Forward} />
          {t("menu.forward")}
        </button>
        <button
          type="button"
          disabled={!isSome || !items.every(may.keep)}
          data-testid="select-keep"
          onClick={() => void keep(chat, items).then((done) => done && stopSelecting())}
        >
          <Icon of={Bookmark} />
          {t("menu.save")}
        </button>
        <button
          type="button"
          class="danger"
          disabled={!isSome}
          data-testid="select-delete"
          onClick={() => void remove(chat, items).then((done) => done && stopSelecting())}
        >
          <Icon of={Trash2} />
          {t("menu.delete")}
        </button>
        <button type="button" data-testid="select-cancel" onClick={stopSelecting}>
          <Icon of={X} />
          {t("action.cancel")}
        </button>
      </div>
    </footer>
  );
}
