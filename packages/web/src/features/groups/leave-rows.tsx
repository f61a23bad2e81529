/** Leaving a group; its owner first names a new owner, or dissolves the group. */
import type { ConversationView, MemberView } from "@yanshu/client";
import { DoorClosed, LogOut } from "lucide";
import { useState } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { go, route } from "../../shell/router.ts";
import type { Route } from "../../shell/routes.ts";
import { api, succeeds } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { confirm, Sheet } from "../../shell/sheet.tsx";
import "../../styles/gather.css";

export function LeaveRows({ view }: { view: ConversationView }) {
  const [isNaming, setNaming] = useState(false);
  if (!view.may.leave) return null;
  const me = view.members.find(({ isMe }) => isMe);
  const isOwner = me?.role === "owner" && view.members.length > 1;
  const leave = async () => {
    if (isOwner) {
      setNaming(true);
      return;
    }
    const yes = await confirm({
      title: t("group.leaveAsk", { name: titleOf(view) }),
      note: t("group.leaveNote"),
      action: t("group.leave"),
      danger: true,
    });
    if (yes) await leads(() => api.leaveGroup(view.conversation), { name: "chats" });
  };
  return (
    <div class="group">
      <SettingButton icon={LogOut} label={t("group.leave")} danger testId="leave" onClick={() => void leave()} />
      {view.may.dissolve && (
        <SettingButton
          icon={DoorClosed}
          label={t("group.dissolve")}
          danger
          testId="dissolve"
          onClick={() => void dissolve(view)}
        />
      )}
      {isNaming && <Heirs view={view} onClose={() => setNaming(false)} />}
    </div>
  );
}

/** Leads on once it is done, unless the person went somewhere else meanwhile. Returns whether it was done. */
async function leads(act: () => Promise<void>, to: Route): Promise<boolean> {
  const here = route.value;
  const isDone = await succeeds(act);
  if (isDone && route.value === here) go(to, "replace");
  return isDone;
}

async function dissolve(view: ConversationView): Promise<void> {
  const yes = await confirm({
    title: t("group.dissolveAsk", { name: titleOf(view) }),
    note: t("group.dissolveNote"),
    action: t("group.dissolveDo"),
    danger: true,
  });
  if (yes) await leads(() => api.dissolveGroup(view.conversation), { name: "chat", id: view.conversation });
}

/** Chooses the new owner; admins are listed first. */
function Heirs({ view, onClose }: { view: ConversationView; onClose: () => void }) {
  const others = view.members.filter(({ isMe }) => !isMe);
  const heirs = [...others.filter(({ role }) => role !== "member"), ...others.filter(({ role }) => role === "member")];
  const hand = async (successor: MemberView) => {
    const isDone = await leads(() => api.leaveGroup(view.conversation, successor.account), { name: "chats" });
    if (!isDone) onClose();
  };
  return (
    <Sheet title={t("group.heirAsk")} onClose={onClose} testId="heirs">
      <h2 class="sheet-title">{t("group.heirAsk")}</h2>
      <p class="sheet-note">{t("group.heirNote")}</p>
      <ul class="forward-list">
        {heirs.map((successor) => (
          <li key={successor.account}>
            <button
              type="button"
              class="row sm"
              data-testid="heir"
              data-account={successor.account}
              onClick={() => void hand(successor)}
            >
              <Avatar face={successor.face} size="sm" />
              <span class="body">
                <span class="name ell" lang={languageOf(successor.name, locale.value)}>
                  {successor.name}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div class="sheet-acts">
        <button
          type="button"
          class="btn danger"
          onClick={() => {
            onClose();
            void dissolve(view);
          }}
        >
          {t("group.dissolve")}
        </button>
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.cancel")}
        </button>
      </div>
    </Sheet>
  );
}
