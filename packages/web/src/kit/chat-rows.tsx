/**
 * A chat's own settings in its details: find in it, pin, mute, delete. The visible twin of the row's menu.
 */
import type { ConversationView } from "@yanshu/client";
import { BellOff, Files, Images, Pin, Search, Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { DeleteChat } from "../chats/delete-chat.tsx";
import { t } from "../locales/i18n.ts";
import { go } from "../shell/router.ts";
import { api, attempt } from "../shell/session.ts";
import { SettingButton, SettingLink, SettingSwitch } from "../shell/setting.tsx";
import { Slot } from "../shell/slot.tsx";
import { titleOf } from "./title.ts";

export function ChatRows({ view }: { view: ConversationView }) {
  const [isDeleting, setDeleting] = useState(false);
  const id = view.conversation;
  return (
    <div class="group">
      <SettingLink icon={Search} label={t("search.here")} to={{ name: "chat-search", id }} testId="chat-search" />
      <SettingLink icon={Images} label={t("gallery.album")} to={{ name: "album", id }} testId="chat-album" />
      <SettingLink icon={Files} label={t("gallery.files")} to={{ name: "chat-files", id }} testId="chat-files-open" />
      <SettingSwitch
        icon={Pin}
        label={t("row.pin")}
        isOn={view.isPinned}
        testId="chat-pin"
        onChange={(isOn) => void attempt(() => api.setPinned(id, isOn))}
      />
      <SettingSwitch
        icon={BellOff}
        label={t("row.mute")}
        isOn={view.isMuted}
        testId="chat-mute"
        onChange={(isOn) => void attempt(() => api.setMuted(id, isOn))}
      />
      <Slot name="bothLines" chat={id} />
      <SettingButton icon={Trash2} label={t("row.delete")} testId="chat-delete" onClick={() => setDeleting(true)} />
      {isDeleting && (
        <DeleteChat
          id={id}
          title={titleOf(view)}
          onClose={() => setDeleting(false)}
          onDone={() => go({ name: "chats" }, "replace")}
        />
      )}
    </div>
  );
}
