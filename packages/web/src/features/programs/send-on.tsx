/** Sends a program that is kept here into chats: each has a card of its own then (docs/spec/programs.md PR88). */
import { useState } from "preact/hooks";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { t } from "../../locales/i18n.ts";
import { useBusy } from "../../shell/busy.ts";
import { api, attempt, succeeds } from "../../shell/session.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";

type SendOnProps = {
  readonly id: string;
  /** As its file is called. */
  readonly file: string;
  readonly onClose: () => void;
};

export function SendOn({ id, file, onClose }: SendOnProps) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [, run] = useBusy();
  const send = async () => {
    const here = await attempt(() => api.openProgram(id));
    if (here === undefined) return;
    const source = new Blob([new Uint8Array(here.bytes)]);
    const sent = { source, name: file, type: "application/octet-stream", isPassedOn: true };
    for (const chat of picked) {
      if (!(await succeeds(() => api.sendFile(chat, sent)))) return;
      // Where the next one refuses it, this one does not get it twice (PR88).
      setPicked((left) => left.filter((one) => one !== chat));
    }
    toast(t("program.sent"));
    onClose();
  };
  return (
    <FormSheet
      title={t("program.sendOn")}
      class="gather"
      testId="program-send-sheet"
      action={picked.length === 0 ? t("program.send") : t("forward.send", { n: picked.length })}
      actionTestId="program-send-go"
      isReady={picked.length > 0}
      onSubmit={() => void run(send)}
      onClose={onClose}
    >
      <ChatPicks picked={picked} onPicked={setPicked} />
    </FormSheet>
  );
}
