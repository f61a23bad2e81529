/** Whom a call in a group rings: all are offered, 16 at most are rung, and the others join from the chat. */
import { Phone, Video } from "lucide";
import { useState } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { choosing, startGroupCall } from "./group-call.ts";
import "./group.css";

const ringsMax = 16;

export function ChooseWhom() {
  const chosen = choosing.value;
  return chosen === undefined ? null : <Choose key={chosen.chat} chat={chosen.chat} media={chosen.media} />;
}

function Choose({ chat, media }: { chat: string; media: "voice" | "video" }) {
  const view = useView("conversation", chat);
  const members = (view?.members ?? []).filter(({ isMe }) => !isMe);
  // A family is rung as a whole; in a larger group one says whom.
  const [picked, setPicked] = useState<readonly string[] | undefined>(undefined);
  const rings = picked ?? (members.length <= ringsMax ? members.map(({ account }) => account) : []);
  const close = () => {
    choosing.value = undefined;
  };
  const toggle = (account: string) => {
    if (rings.includes(account)) setPicked(rings.filter((one) => one !== account));
    else if (rings.length < ringsMax) setPicked([...rings, account]);
    else toast(t("call.group.most", { n: ringsMax }));
  };
  if (view === undefined) return null;
  return (
    <Sheet title={t("call.group.whom")} onClose={close} testId="group-call-choose">
      <h2>{t("call.group.whom")}</h2>
      <p class="note">{t("call.group.whomNote")}</p>
      <ul class="group-choose">
        {members.map((one) => (
          <li key={one.account}>
            <label class="check">
              <input
                type="checkbox"
                checked={rings.includes(one.account)}
                data-testid="group-call-member"
                onChange={() => toggle(one.account)}
              />
              <Avatar face={one.face} size="sm" />
              <span class="ell">{personName(one)}</span>
            </label>
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="btn fill wide"
        data-testid="group-call-start"
        onClick={() => {
          close();
          void startGroupCall(chat, media, rings);
        }}
      >
        <Icon of={media === "video" ? Video : Phone} size="s" />
        {rings.length === 0 ? t("call.group.start") : t("call.group.ring", { n: rings.length })}
      </button>
    </Sheet>
  );
}
