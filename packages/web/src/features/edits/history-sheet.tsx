/** How a message read before it was changed. */
import type { TimelineItem } from "@yanshu/client";
import type { Closes } from "../../kit/opened-sheet.ts";
import { languageOf } from "../../kit/text.ts";
import { clock, isoTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";

type HistoryProps = { readonly chat: string; readonly item: TimelineItem } & Closes;

export function HistorySheet({ chat, item, onClose }: HistoryProps) {
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
