/** A message over the whole screen in large words, to be read across the table. */
import { X } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import { locale, t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";
import { lineWithSmileys } from "./smileys/drawn.ts";
import { languageOf } from "./text.ts";
import "./large-text.css";

export function LargeText({ text, onClose }: { text: string; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      class="large-text"
      aria-label={t("menu.large")}
      data-testid="large-text"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <button type="button" class="ib" aria-label={t("action.close")} data-testid="large-close" onClick={onClose}>
        <Icon of={X} />
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard. */}
      <div class="large-words" tabIndex={0} lang={languageOf(text, locale.value)}>
        <p>{lineWithSmileys(text)}</p>
      </div>
    </dialog>
  );
}
