/** What edits add to a conversation: the change, and the mark of one. */
import { PencilLine } from "lucide";
import type { InLog } from "../../feature.ts";
import { aimAt } from "../../kit/aim.ts";
import { onOneLine } from "../../kit/kind-words.ts";
import { isSettled, wordsIn } from "../../kit/message.ts";
import { openSheet } from "../../kit/opened-sheet.ts";
import { t } from "../../locales/i18n.ts";
import { lazily } from "../../shell/lazy.ts";
import { api } from "../../shell/session.ts";
import "./edits.css";

const historySheet = lazily(() => import("./in-chat.ts").then((m) => m.HistorySheet));

export const inLog: InLog = {
  below: [
    {
      order: 20,
      below: ({ chat, item }) =>
        item.isEdited === true ? (
          <button
            type="button"
            class="edited"
            data-testid="edited"
            onClick={() => {
              openSheet(historySheet, { chat, item });
            }}
          >
            {t("edit.done")}
          </button>
        ) : undefined,
    },
  ],
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite && isSettled(item) && item.body.kind === "text" && (item.editUntilMs ?? 0) >= Date.now()
        ? {
            icon: PencilLine,
            words: "menu.edit",
            id: "edit",
            order: 110,
            gesture: "up",
            run() {
              const words = wordsIn(item);
              aimAt(chat, {
                id: "edit",
                icon: PencilLine,
                says: () => t("edit.now", { words: onOneLine(words) }),
                change: { words, send: (text) => api.edit(chat, item.id, text) },
              });
            },
          }
        : undefined,
  ],
};
