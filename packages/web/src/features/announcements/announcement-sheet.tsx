/** The announcement in full, on paper; who leads the group writes it here. */
import type { ConversationView } from "@yanshu/client";
import { useState } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { api, succeeds } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import "../../styles/chat.css";
import "./announcements.css";

export function AnnouncementSheet({ view, onClose }: { view: ConversationView; onClose: () => void }) {
  const role = view.members.find(({ isMe }) => isMe)?.role;
  const leads = view.state === "open" && (role === "owner" || role === "admin");
  const [isWriting, setWriting] = useState(leads && view.announcement === "");
  const [text, setText] = useState(view.announcement);
  const save = async () => {
    if (!(await succeeds(() => api.announce(view.conversation, text)))) return;
    toast(t("announce.done"));
    onClose();
  };
  return (
    <Sheet title={t("announce.title")} onClose={onClose} testId="announcement-sheet">
      <h2 class="sheet-title">{t("announce.title")}</h2>
      {isWriting ? (
        <textarea
          class="field-box announce-field"
          rows={6}
          maxLength={2_000}
          aria-label={t("announce.title")}
          placeholder={t("announce.hint")}
          defaultValue={text}
          data-testid="announce-field"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      ) : (
        <article class="announce-paper" lang={languageOf(view.announcement, locale.value)}>
          <h3>{titleOf(view)}</h3>
          <p>{view.announcement}</p>
        </article>
      )}
      {isWriting && <p class="sheet-note">{t("announce.note")}</p>}
      <div class="sheet-acts">
        {isWriting ? (
          <button type="button" class="btn fill" data-testid="announce-save" onClick={() => void save()}>
            {text.trim() === "" && view.announcement !== "" ? t("announce.takeDown") : t("announce.save")}
          </button>
        ) : (
          leads && (
            <button type="button" class="btn fill" data-testid="announce-write" onClick={() => setWriting(true)}>
              {t("announce.write")}
            </button>
          )
        )}
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}
