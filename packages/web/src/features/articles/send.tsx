/** Sends a link to an account or an article into chats: it is public, and so may its link be. */
import { useState } from "preact/hooks";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { api, succeeds } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

export function sendOn(words: string): void {
  putUp((done) => <SendSheet words={words} onDone={done} />);
}

function SendSheet({ words, onDone }: { readonly words: string; readonly onDone: () => void }) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const send = async () => {
    for (const chat of picked) if (!(await succeeds(() => api.sendText(chat, words)))) return;
    toast(t("acc.sent"));
    onDone();
  };
  return (
    <FormSheet
      title={t("acc.sendOn")}
      class="gather"
      testId="account-send-sheet"
      action={t("acc.sendDo")}
      actionTestId="account-send-go"
      isReady={picked.length > 0}
      onSubmit={() => void send()}
      onClose={onDone}
    >
      <ChatPicks picked={picked} onPicked={setPicked} />
    </FormSheet>
  );
}
