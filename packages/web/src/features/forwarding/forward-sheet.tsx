/** Where to forward to: at most nine chats, one by one or as one record, with a word of one's own. */
import type { TimelineItem } from "@yanshu/client";
import { useState } from "preact/hooks";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { refOf } from "../../kit/message.ts";
import { stopSelecting } from "../../kit/selection.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import "../../styles/chat.css";

type ForwardProps = { readonly chat: string; readonly items: readonly TimelineItem[]; readonly onClose: () => void };

export function ForwardSheet({ chat, items, onClose }: ForwardProps) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [mode, setMode] = useState<"each" | "merged">("each");
  const [note, setNote] = useState("");
  const send = async () => {
    const count = await attempt(() => api.forward({ from: chat, messages: items.map(refOf), to: picked, mode, note }));
    if (count === undefined) return;
    toast(t("forward.done"));
    stopSelecting();
    onClose();
  };
  return (
    <FormSheet
      title={t("forward.to")}
      class="gather"
      testId="forward-sheet"
      action={picked.length === 0 ? t("compose.send") : t("forward.send", { n: picked.length })}
      actionTestId="forward-send"
      isReady={picked.length > 0}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      {items.length > 1 && (
        // biome-ignore lint/a11y/useSemanticElements: two choices that look like a switch, not a form of fields.
        <div class="modes" role="group" aria-label={t("forward.how")}>
          {(["each", "merged"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={mode === one}
              data-testid={`forward-${one}`}
              onClick={() => setMode(one)}
            >
              {t(`forward.${one}`)}
            </button>
          ))}
        </div>
      )}
      <ChatPicks picked={picked} onPicked={setPicked} />
      <input
        class="field-box"
        aria-label={t("forward.note")}
        placeholder={t("forward.note")}
        maxLength={2_000}
        data-testid="forward-note"
        onInput={(event) => setNote(event.currentTarget.value)}
      />
    </FormSheet>
  );
}
