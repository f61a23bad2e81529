/** Sheets about a message: how it read before, and all faces to answer it with. */
import type { TimelineItem } from "@yanshu/client";
import { EmojiPanel } from "../composer/emoji-panel.tsx";
import type { Closes } from "../kit/opened-sheet.ts";
import { languageOf } from "../kit/text.ts";
import { clock, isoTime } from "../kit/time.ts";
import { locale, t } from "../locales/i18n.ts";
import { useView } from "../shell/session.ts";
import { Sheet } from "../shell/sheet.tsx";
import { react } from "./acts.ts";

type AboutProps = { readonly chat: string; readonly item: TimelineItem } & Closes;

export function FacesSheet({ chat, item, onClose }: AboutProps) {
  return (
    <Sheet title={t("react.more")} onClose={onClose} testId="faces">
      <EmojiPanel
        onPick={(emoji) => {
          onClose();
          react(chat, item, emoji);
        }}
      />
    </Sheet>
  );
}

export function HistorySheet({ chat, item, onClose }: AboutProps) {
  const versions = useView("history", chat, item.from.account, item.id) ?? [];
  return (
    <Sheet title={t("edit.history")} onClose={onClose} testId="history">
      <h2 class="sheet-title">{t("edit.history")}</h2>
      <ol class="versions">
        {versions.map(({ atMs, text }) => (
          <li key={atMs} data-testid="version">
            <time dateTime={isoTime(atMs)}>{clock(atMs, locale.value)}</time>
            <p lang={languageOf(text, locale.value)}>{text}</p>
          </li>
        ))}
      </ol>
      <div class="sheet-acts">
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}
