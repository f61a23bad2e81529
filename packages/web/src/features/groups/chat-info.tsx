/**
 * Details of a chat: members, name, picture, leaving. Actions that the person may not do are not shown.
 */

import type { ConversationView, MemberView } from "@yanshu/client";
import { Crown, Image, Megaphone, Minus, PencilLine, Plus, ShieldCheck, UsersRound } from "lucide";
import { useRef, useState } from "preact/hooks";
import { ChatRows } from "../../kit/chat-rows.tsx";
import { screenKind } from "../../kit/kinds/index.ts";
import { pictureFrom } from "../../kit/picture.ts";
import { shortened } from "../../kit/shortened.ts";
import { languageOf } from "../../kit/text.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar, Mosaic } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { ask } from "../../shell/sheet.tsx";
import { Slot } from "../../shell/slot.tsx";
import { toast } from "../../shell/toast.tsx";
import { columns } from "../../shell/width.ts";
import { JoiningRows } from "./joining-rows.tsx";
import { LeaveRows } from "./leave-rows.tsx";
import { MemberSheet } from "./member-sheet.tsx";
import { NicknameRows } from "./nickname-rows.tsx";
import { removeMember } from "./remove-member.ts";

export function ChatInfo({ id }: { id: string }) {
  const view = useView("conversation", id);
  const title =
    view !== undefined && screenKind(view.kind).isOfMany
      ? `${t("group.info")} (${view.members.length})`
      : t("chat.info");
  return (
    <section class="screen" data-testid="chat-details">
      <TopBar title={title} {...(columns.value === 3 ? { onBack: () => go({ name: "chat", id }, "replace") } : {})} />
      <div class="scroll">{view !== undefined && <Details view={view} />}</div>
    </section>
  );
}

function Details({ view }: { view: ConversationView }) {
  const [isRemoving, setRemoving] = useState(false);
  const [picked, setPicked] = useState<MemberView | undefined>(undefined);
  const { isOfMany: isGroup, hasPeople } = screenKind(view.kind);
  const shown = view.members.slice(0, membersShown);

  const remove = (member: MemberView) => removeMember(view.conversation, member);
  const pick = (member: MemberView) => {
    if (isRemoving && !member.isMe) void remove(member);
    else if (isGroup && view.may.appoint && !member.isMe) setPicked(member);
    else if (member.isMe) go({ name: "profile" });
    else if (member.isContact) go({ name: "contact", id: member.account });
    else setPicked(member);
  };

  if (!hasPeople) return <ChatRows view={view} />;
  return (
    <>
      <div class="group">
        {isGroup && (
          <div class="group-face">
            <Mosaic faces={view.faces} size="lg" />
            <h2>{titleOf(view)}</h2>
          </div>
        )}
        <ul class={`mem ${isRemoving ? "removing" : ""}`} aria-label={t("group.members")}>
          {shown.map((member) => (
            <li key={member.account}>
              <Member member={member} isRemoving={isRemoving && !member.isMe} onClick={() => pick(member)} />
            </li>
          ))}
          {view.may.add && isGroup && !isRemoving && (
            <li>
              <Link to={{ name: "add-members", id: view.conversation }} class="tile" data-testid="add-members">
                <span class="dashed">
                  <Icon of={Plus} />
                </span>
                {t("group.add")}
              </Link>
            </li>
          )}
          {view.may.remove && isGroup && view.members.length > 1 && (
            <li>
              <button
                type="button"
                class="tile"
                data-testid="remove-members"
                aria-pressed={isRemoving}
                onClick={() => setRemoving(!isRemoving)}
              >
                <span class="dashed">
                  <Icon of={Minus} />
                </span>
                {isRemoving ? t("group.removeDone") : t("group.remove")}
              </button>
            </li>
          )}
        </ul>
        {(view.members.length > shown.length || view.strays.length > 0) && (
          <Link to={{ name: "members", id: view.conversation }} class="tb all" data-testid="all-members">
            {t("group.all", { n: view.members.length })}
          </Link>
        )}
      </div>
      <ChatRows view={view} />
      {isGroup ? <GroupRows view={view} /> : <DirectRows view={view} />}
      {picked !== undefined && (
        <MemberSheet
          view={view}
          member={picked}
          onRemove={() => void remove(picked)}
          onClose={() => setPicked(undefined)}
        />
      )}
    </>
  );
}

/** Three rows of five, less two for ＋ and −. */
const membersShown = 13;

function Member({ member, isRemoving, onClick }: { member: MemberView; isRemoving: boolean; onClick: () => void }) {
  const role = member.role === "member" ? "" : `, ${t(`role.${member.role}`)}`;
  const name = member.isMe ? t("tab.me") : member.name;
  return (
    <button
      type="button"
      class="tile"
      data-testid="member"
      data-account={member.account}
      data-role={member.role}
      onClick={onClick}
    >
      <span class="avw">
        <Avatar face={member.face} />
        {isRemoving ? (
          <span class="unpick danger">
            <Icon of={Minus} size="xs" />
          </span>
        ) : member.role === "member" ? null : (
          <span class={`crown ${member.role}`}>
            <Icon of={member.role === "owner" ? Crown : ShieldCheck} size="xs" />
          </span>
        )}
      </span>
      {isRemoving && <span class="sr">{t("group.remove")} </span>}
      <span class="ell" lang={languageOf(name, locale.value)}>
        {name}
      </span>
      <span class="sr">{role}</span>
    </button>
  );
}

/** Characters of the announcement shown in its row. */
const shownMax = 24;

/** The group's announcement: owner and admins can write it; others see the row once there is one. */
function AnnouncementRow({ view }: { view: ConversationView }) {
  const [isOpen, setOpen] = useState(false);
  const role = view.members.find(({ isMe }) => isMe)?.role;
  if (view.announcement === "" && (role === "member" || role === undefined || view.state !== "open")) return null;
  return (
    <div class="group">
      <SettingButton
        icon={Megaphone}
        label={t("announce.title")}
        value={view.announcement === "" ? "" : shortened(view.announcement, shownMax)}
        testId="announce"
        onClick={() => setOpen(true)}
      />
      {isOpen && <Slot name="announcementSheet" view={view} onClose={() => setOpen(false)} />}
    </div>
  );
}

function GroupRows({ view }: { view: ConversationView }) {
  const input = useRef<HTMLInputElement>(null);
  const id = view.conversation;
  const rename = async () => {
    const name = await ask({
      title: t("group.nameAsk"),
      label: t("group.name"),
      value: view.title,
      action: t("action.save"),
      lengthMax: 64,
    });
    if (name !== undefined && name !== "" && name !== view.title) await attempt(() => api.renameGroup(id, name));
  };
  const hasPicture = view.faces.length === 1 && view.members.length > 1 && view.faces[0]?.picture !== undefined;
  const setPicture = async (file: File) => {
    const picture = await pictureFrom(file);
    if (picture === undefined) toast(t("picture.bad"));
    else await attempt(() => api.setGroupPicture(id, picture));
  };
  return (
    <>
      {view.may.edit && (
        <div class="group">
          <SettingButton
            icon={PencilLine}
            label={t("group.name")}
            value={view.title}
            testId="rename"
            onClick={() => void rename()}
          />
          <SettingButton
            icon={Image}
            label={t("group.picture")}
            value={hasPicture ? t("group.pictureOwn") : t("group.pictureMosaic")}
            testId="group-picture"
            onClick={() => input.current?.click()}
          />
          {hasPicture && (
            <SettingButton
              icon={UsersRound}
              label={t("group.pictureMosaic")}
              onClick={() => void attempt(() => api.setGroupPicture(id, undefined))}
            />
          )}
          <PictureInput input={input} testId="group-picture-input" onFile={(file) => void setPicture(file)} />
        </div>
      )}
      <AnnouncementRow view={view} />
      <JoiningRows view={view} />
      <NicknameRows view={view} />
      <LeaveRows view={view} />
    </>
  );
}

/** Rows of a chat between two: starting a group; everything else is on the contact's page. */
function DirectRows({ view }: { view: ConversationView }) {
  if (view.peer === undefined || view.state !== "open") return null;
  return (
    <div class="group">
      <SettingButton icon={UsersRound} label={t("group.new")} onClick={() => go({ name: "new-group" })} />
    </div>
  );
}
