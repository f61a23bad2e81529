/**
 * Deleting a chat: from here or from everywhere is said on the buttons, and asked once.
 */
import { t } from "../../locales/i18n.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";

type DeleteChatProps = {
  readonly id: string;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDone?: () => void;
};

export function DeleteChat({ id, title, onClose, onDone }: DeleteChatProps) {
  const devices = useView("devices");
  const remove = async (where: "here" | "everywhere") => {
    onClose();
    if (await succeeds(() => api.deleteChat(id, where))) onDone?.();
  };
  const ask = t("row.deleteAsk", { name: title });
  return (
    <Sheet title={ask} onClose={onClose} testId="delete-chat">
      <h2 class="sheet-title">{ask}</h2>
      <p class="sheet-note">{t("row.deleteNote")}</p>
      <div class="sheet-acts stack">
        <button type="button" class="btn danger" data-testid="delete-here" onClick={() => void remove("here")}>
          {t("row.deleteHere")}
        </button>
        {(devices?.length ?? 0) > 1 && (
          <button
            type="button"
            class="btn danger"
            data-testid="delete-everywhere"
            onClick={() => void remove("everywhere")}
          >
            {t("row.deleteAll")}
          </button>
        )}
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.cancel")}
        </button>
      </div>
    </Sheet>
  );
}
