/** Sending somebody's card from their own page: to at most nine chats. */
import type { ContactRow } from "@yanshu/client";
import { useState } from "preact/hooks";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { t } from "../../locales/i18n.ts";
import { api, attempt } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import "../../styles/actions.css";

export function Recommend({ row, onClose }: { row: ContactRow; onClose: () => void }) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const send = async () => {
    for (const chat of picked) if ((await attempt(() => api.sendCard(chat, row.account))) === undefined) return;
    toast(t("card.sent"));
    onClose();
  };
  return (
    <FormSheet
      title={t("card.recommendTo", { name: row.name })}
      class="gather"
      testId="recommend-sheet"
      action={picked.length === 0 ? t("compose.send") : t("forward.send", { n: picked.length })}
      actionTestId="recommend-send"
      isReady={picked.length > 0}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <ChatPicks picked={picked} onPicked={setPicked} except={row.conversation} />
    </FormSheet>
  );
}
