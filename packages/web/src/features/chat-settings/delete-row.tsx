/** Deleting a chat from its details. */
import type { ConversationView } from "@yanshu/client";
import { Trash2 } from "lucide";
import { useState } from "preact/hooks";
import { titleOf } from "../../kit/title.ts";
import { t } from "../../locales/i18n.ts";
import { go } from "../../shell/router.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { DeleteChat } from "./delete-chat.tsx";

export function DeleteRow({ view }: { view: ConversationView }) {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
      <SettingButton icon={Trash2} label={t("row.delete")} testId="chat-delete" onClick={() => setDeleting(true)} />
      {isDeleting && (
        <DeleteChat
          id={view.conversation}
          title={titleOf(view)}
          onClose={() => setDeleting(false)}
          onDone={() => go({ name: "chats" }, "replace")}
        />
      )}
    </>
  );
}
