/** What recalls add to a conversation: taking back, and writing it again. */
import { Undo2 } from "lucide";
import type { InLog } from "../../feature.ts";
import { handedWords } from "../../kit/aim.ts";
import { isSettled } from "../../kit/message.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { isMeant } from "../../shell/sheet.tsx";

export const inLog: InLog = {
  behindLine: ({ chat, item: { again }, mayWrite }) =>
    mayWrite && again !== undefined ? (
      <button
        type="button"
        class="again"
        data-testid="write-again"
        onClick={() => {
          handedWords.value = { chat, words: again.words };
        }}
      >
        {t("recall.edit")}
      </button>
    ) : undefined,
  menu: [
    ({ chat, item, mayWrite }) =>
      mayWrite && isSettled(item) && (item.recallUntilMs ?? 0) >= Date.now()
        ? {
            icon: Undo2,
            words: "menu.recall",
            id: "recall",
            order: 120,
            key: "Delete",
            run: () => void recall(chat, item.id),
          }
        : undefined,
  ],
};

async function recall(chat: string, id: string): Promise<void> {
  if (await isMeant(t("menu.recall"))) await attempt(() => api.recall(chat, id));
}
