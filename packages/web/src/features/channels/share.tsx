/** Sends a film into chats as a link that opens it here: it is public, so its link says nothing that is not. */
import type { ChannelFilmView } from "@yanshu/client";
import { Copy } from "lucide";
import { useState } from "preact/hooks";
import { ChatPicks } from "../../kit/chat-picks.tsx";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { pathOf } from "../../shell/routes.ts";
import { api, succeeds } from "../../shell/session.ts";
import { copyText } from "../../shell/share.ts";
import { FormSheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { placeOf } from "./spots.ts";

export function ShareSheet({ film, onClose }: { readonly film: ChannelFilmView; readonly onClose: () => void }) {
  const [picked, setPicked] = useState<readonly string[]>([]);
  const link = `${location.origin}${pathOf(placeOf(film.entry))}`;
  const words = `${film.title === "" ? film.channel.name : `${film.channel.name}：${film.title}`}\n${link}`;
  const send = async () => {
    for (const chat of picked) if (!(await succeeds(() => api.sendText(chat, words)))) return;
    toast(t("ch.shared"));
    onClose();
  };
  return (
    <FormSheet
      title={t("ch.shareTo")}
      testId="share-sheet"
      action={t("ch.shareSend")}
      actionTestId="share-send"
      isReady={picked.length > 0}
      onSubmit={() => void send()}
      onClose={onClose}
    >
      <button type="button" class="btn line ch-copy" data-testid="share-copy" onClick={() => void copyText(link)}>
        <Icon of={Copy} size="s" />
        {t("ch.copyLink")}
      </button>
      <ChatPicks picked={picked} onPicked={setPicked} />
    </FormSheet>
  );
}
