/**
 * Chooses whom a group call rings: at most 16 of the members; the others can join from the chat. In a running call the
 * members who are not in it are offered.
 */
import { Phone, Video } from "lucide";
import { useState } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { choosing, ringMore, startGroupCall } from "./group-call.ts";
import "./group.css";

const ringsMax = 16;

export function ChooseWhom() {
  const chosen = choosing.value;
  return chosen === undefined ? null : <Choose key={`${chosen.chat} ${chosen.call}`} {...chosen} />;
}

type ChooseProps = { readonly chat: string; readonly media: "voice" | "video"; readonly call?: string };

function Choose({ chat, media, call }: ChooseProps) {
  const view = useView("conversation", chat);
  const now = useView("groupCalls")?.now;
  const isMore = call !== undefined;
  const there = new Set(isMore ? now?.people.map(({ person }) => person.account) : []);
  const rung = new Set(isMore ? now?.rung.map(({ account }) => account) : []);
  const members = (view?.members ?? []).filter(({ isMe, account }) => !isMe && !there.has(account));
  // In a group of up to `ringsMax` others all are picked at first; in a larger one nobody is.
  const [picked, setPicked] = useState<readonly string[] | undefined>(isMore ? [] : undefined);
  const all = picked ?? (members.length <= ringsMax ? members.map(({ account }) => account) : []);
  // Without those who have joined, or were rung, meanwhile.
  const rings = all.filter((one) => !there.has(one) && !rung.has(one));
  const close = () => {
    choosing.value = undefined;
  };
  const toggle = (account: string) => {
    if (rings.includes(account)) setPicked(rings.filter((one) => one !== account));
    else if (rings.length < ringsMax) setPicked([...rings, account]);
    else toast(t("call.group.most", { n: ringsMax }));
  };
  if (view === undefined) return null;
  const title = t(isMore ? "call.group.more" : "call.group.whom");
  return (
    <Sheet title={title} onClose={close} testId="group-call-choose">
      <h2>{title}</h2>
      <p class="note">{t(noteOf(isMore, members.length))}</p>
      <ul class="group-choose">
        {members.map((one) => (
          <li key={one.account}>
            <label class="check">
              <input
                type="checkbox"
                checked={rings.includes(one.account)}
                disabled={rung.has(one.account)}
                data-testid="group-call-member"
                onChange={() => toggle(one.account)}
              />
              <Avatar face={one.face} size="sm" />
              <span class="ell">{personName(one)}</span>
              {rung.has(one.account) && <small>{t("call.group.calling")}</small>}
            </label>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="btn fill wide"
        data-testid="group-call-start"
        disabled={isMore && rings.length === 0}
        onClick={() => {
          close();
          void (isMore ? ringMore(call, rings) : startGroupCall(chat, media, rings));
        }}
      >
        <Icon of={media === "video" ? Video : Phone} size="s" />
        {rings.length > 0
          ? t("call.group.ring", { n: rings.length })
          : t(isMore ? "call.group.pick" : "call.group.start")}
      </button>
    </Sheet>
  );
}

function noteOf(isMore: boolean, left: number) {
  if (!isMore) return "call.group.whomNote";
  return left === 0 ? "call.group.allHere" : "call.group.moreNote";
}
