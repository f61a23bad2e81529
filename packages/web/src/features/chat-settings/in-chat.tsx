/** What can be done with a chat: from its row of the list, and in its details. */
import type { ChatRow } from "@yanshu/client";
import { Bell, BellOff, EyeOff, Mail, MailOpen, Pin, PinOff, Trash2 } from "lucide";
import type { InChat } from "../../feature.ts";
import { titleOf } from "../../kit/title.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, succeeds } from "../../shell/session.ts";
import { SettingSwitch } from "../../shell/setting.tsx";
import { toast } from "../../shell/toast.tsx";
import { DeleteChat } from "./delete-chat.tsx";
import { DeleteRow } from "./delete-row.tsx";

export const inChat: InChat = {
  rows: [
    ({ conversation: id, isPinned }) => ({
      id: "pin",
      icon: isPinned ? PinOff : Pin,
      words: isPinned ? "row.unpin" : "row.pin",
      swiped: isPinned ? "row.unpin" : "row.pin",
      order: 10,
      run: () => void attempt(() => api.setPinned(id, !isPinned)),
    }),
    ({ conversation: id, isMuted }) => ({
      id: "mute",
      icon: isMuted ? Bell : BellOff,
      words: isMuted ? "row.unmute" : "row.mute",
      swiped: isMuted ? "row.unmute" : "row.mute",
      order: 20,
      run: () => void attempt(() => api.setMuted(id, !isMuted)),
    }),
    ({ conversation: id, unread, isMarkedUnread }) => {
      const isUnread = unread > 0 || isMarkedUnread;
      return {
        id: "unread",
        icon: isUnread ? MailOpen : Mail,
        words: isUnread ? "row.read" : "row.unread",
        order: 30,
        run: () => void attempt(() => (isUnread ? api.markRead(id) : api.markUnread(id))),
      };
    },
    ({ conversation: id }) => ({
      id: "hide",
      icon: EyeOff,
      words: "row.hide",
      order: 40,
      run: () => void hide(id),
    }),
    () => ({
      id: "delete",
      icon: Trash2,
      words: "row.delete",
      swiped: "menu.delete",
      order: 50,
      danger: true,
      sheet: DeleteAsked,
    }),
  ],
  info: [
    {
      order: 40,
      row: ({ conversation: id, isPinned }) => (
        <SettingSwitch
          icon={Pin}
          label={t("row.pin")}
          isOn={isPinned}
          testId="chat-pin"
          onChange={(isOn) => void attempt(() => api.setPinned(id, isOn))}
        />
      ),
    },
    {
      order: 50,
      row: ({ conversation: id, isMuted }) => (
        <SettingSwitch
          icon={BellOff}
          label={t("row.mute")}
          isOn={isMuted}
          testId="chat-mute"
          onChange={(isOn) => void attempt(() => api.setMuted(id, isOn))}
        />
      ),
    },
    { order: 90, row: (view) => <DeleteRow view={view} /> },
  ],
};

function DeleteAsked({ row, onClose }: { readonly row: ChatRow; readonly onClose: () => void }) {
  return <DeleteChat id={row.conversation} title={titleOf(row)} onClose={onClose} />;
}

async function hide(id: string): Promise<void> {
  if (!(await succeeds(() => api.setHidden(id, true)))) return;
  toast(t("row.hidden"), { label: t("row.undo"), run: () => void attempt(() => api.setHidden(id, false)) });
}
