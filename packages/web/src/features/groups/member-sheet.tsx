/**
 * Actions on a member of a group: open their page, change their role, remove them.
 */
import type { ConversationView, MemberView } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { ask, confirm, Sheet } from "../../shell/sheet.tsx";

type MemberSheetProps = {
  readonly view: ConversationView;
  readonly member: MemberView;
  readonly onRemove: () => void;
  readonly onClose: () => void;
};

export function MemberSheet({ view, member, onRemove, onClose }: MemberSheetProps) {
  const me = useStatus()?.me;
  const iAmOwner = view.members.some((one) => one.isMe && one.role === "owner");
  const give = async (role: "owner" | "admin" | "member") => {
    onClose();
    if (role === "owner") {
      const yes = await confirm({
        title: t("role.ownerAsk", { name: member.name }),
        note: t("role.ownerNote"),
        action: t("role.makeOwner"),
      });
      if (!yes) return;
    }
    await attempt(() => api.setRole(view.conversation, member.account, role));
  };
  const request = async () => {
    onClose();
    const greeting = await ask({
      title: t("friend.greet"),
      label: t("friend.greet"),
      value: t("friend.greeting", { name: me?.name ?? "" }),
      action: t("friend.send"),
      lengthMax: 200,
    });
    if (greeting === undefined) return;
    const { conversation: group } = view;
    const chat = await attempt(() => api.requestMember({ group, account: member.account, greeting }));
    if (chat !== undefined) go({ name: "chat", id: chat });
  };
  return (
    <Sheet title={member.name} onClose={onClose} testId="member-sheet">
      <div class="member-head">
        <Avatar face={member.face} size="lg" />
        <div class="grow">
          <h2 class="sheet-title">{member.name}</h2>
          <p class="note">{t(`role.${member.role}`)}</p>
        </div>
      </div>
      <div class="sheet-acts stack">
        {member.isContact && (
          <button
            type="button"
            class="btn line"
            onClick={() => {
              onClose();
              go({ name: "contact", id: member.account });
            }}
          >
            {t("contact.title")}
          </button>
        )}
        {!member.isContact && !member.isMe && (
          <button type="button" class="btn line" data-testid="member-request" onClick={() => void request()}>
            {t("contacts.add")}
          </button>
        )}
        {view.may.appoint && member.role === "member" && (
          <button type="button" class="btn line" data-testid="make-admin" onClick={() => void give("admin")}>
            {t("role.makeAdmin")}
          </button>
        )}
        {view.may.appoint && member.role === "admin" && (
          <button type="button" class="btn line" data-testid="make-member" onClick={() => void give("member")}>
            {t("role.makeMember")}
          </button>
        )}
        {view.may.appoint && iAmOwner && (
          <button type="button" class="btn line" data-testid="make-owner" onClick={() => void give("owner")}>
            {t("role.makeOwner")}
          </button>
        )}
        {view.may.remove && (
          <button
            type="button"
            class="btn danger"
            data-testid="remove-member"
            onClick={() => {
              onClose();
              onRemove();
            }}
          >
            {t("group.remove")}
          </button>
        )}
        <button type="button" class="btn plain" onClick={onClose}>
          {t("action.close")}
        </button>
      </div>
    </Sheet>
  );
}
