/**
 * What can be done with a chat from its row in the list: a long press, a right click, the Menu key. All of it
 * stands in the chat's own details too (chat-rows.tsx).
 */
import type { ChatRow } from "@yanshu/client";
import { Bell, BellOff, EyeOff, Mail, MailOpen, Pin, PinOff, Trash2 } from "lucide";
import { useRef, useState } from "preact/hooks";
import { titleOf } from "../kit/title.ts";
import { t } from "../locales/i18n.ts";
import { Menu, MenuItem } from "../shell/menu.tsx";
import { api, attempt, succeeds } from "../shell/session.ts";
import { toast } from "../shell/toast.tsx";
import { DeleteChat } from "./delete-chat.tsx";

type RowMenuProps = {
  readonly row: ChatRow;
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
};

export function RowMenu({ row, at, onClose }: RowMenuProps) {
  const [isDeleting, setDeleting] = useState(false);
  const anchor = useRef<HTMLElement | null>(
    document.querySelector<HTMLElement>(`[data-testid="chat-row"][data-conversation="${row.conversation}"]`),
  );
  const id = row.conversation;
  const isUnread = row.unread > 0 || row.isMarkedUnread;
  const after = (work: () => Promise<unknown>) => () => {
    onClose();
    void attempt(work);
  };
  if (isDeleting) return <DeleteChat id={id} title={titleOf(row)} onClose={onClose} />;
  return (
    <Menu label={t("row.menu")} anchor={anchor} at={at} onClose={onClose}>
      <MenuItem
        icon={row.isPinned ? PinOff : Pin}
        testId="row-pin"
        onPick={after(() => api.setPinned(id, !row.isPinned))}
      >
        {t(row.isPinned ? "row.unpin" : "row.pin")}
      </MenuItem>
      <MenuItem
        icon={row.isMuted ? Bell : BellOff}
        testId="row-mute"
        onPick={after(() => api.setMuted(id, !row.isMuted))}
      >
        {t(row.isMuted ? "row.unmute" : "row.mute")}
      </MenuItem>
      <MenuItem
        icon={isUnread ? MailOpen : Mail}
        testId="row-unread"
        onPick={after(() => (isUnread ? api.markRead(id) : api.markUnread(id)))}
      >
        {t(isUnread ? "row.read" : "row.unread")}
      </MenuItem>
      <MenuItem
        icon={EyeOff}
        testId="row-hide"
        onPick={() => {
          onClose();
          void hide(id);
        }}
      >
        {t("row.hide")}
      </MenuItem>
      <MenuItem icon={Trash2} danger testId="row-delete" onPick={() => setDeleting(true)}>
        {t("row.delete")}
      </MenuItem>
    </Menu>
  );
}

async function hide(id: string): Promise<void> {
  if (!(await succeeds(() => api.setHidden(id, true)))) return;
  toast(t("row.hidden"), { label: t("row.undo"), run: () => void attempt(() => api.setHidden(id, false)) });
}
