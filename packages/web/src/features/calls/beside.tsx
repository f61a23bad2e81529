/** Beside: on a desktop the chat stands beside its call, or in a group those who are in it (CA265 in README.md). */
import { computed, signal } from "@preact/signals";
import type { GroupCallNow, GroupCallPerson } from "@yanshu/client";
import { MessageCircle, MicOff, Volume2 } from "lucide";
import { useLayoutEffect } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { elder } from "../../shell/prefs.ts";
import { go, route } from "../../shell/router.ts";
import { columns } from "../../shell/width.ts";
import { Disc } from "./disc.tsx";
import { speaking } from "./group-call.ts";

const isWished = signal(false);
export const hasBeside = computed(() => columns.value === 3 && !elder.value);

/** Who goes elsewhere meanwhile has the call over all again. */
function isChatBeside(conversation: string): boolean {
  const here = route.value;
  return isWished.value && hasBeside.value && "id" in here && here.name === "chat" && here.id === conversation;
}

/** The app below makes room, and shows the chat alone (calls.css). Returns whether it does. */
export function useBeside(conversation: string): boolean {
  const isOn = isChatBeside(conversation);
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute("data-call-beside", isOn);
    return () => document.documentElement.removeAttribute("data-call-beside");
  }, [isOn]);
  return isOn;
}

export function ChatDisc({ conversation }: { conversation: string }) {
  if (!hasBeside.value) return null;
  const isOn = isChatBeside(conversation);
  const toggle = () => {
    isWished.value = !isOn;
    if (!isOn) go({ name: "chat", id: conversation });
  };
  return (
    <Disc label={t("call.chat")} id="call-chat" pressed={isOn} onClick={toggle}>
      <Icon of={MessageCircle} />
    </Disc>
  );
}

export function People({ now }: { now: GroupCallNow }) {
  return (
    <aside class="group-people" aria-label={t("call.group.people")} data-testid="group-call-people">
      <h2>
        {t("call.group.people")} <span>{now.people.length}</span>
      </h2>
      <ul>
        {now.people.map((one) => (
          <Person key={one.device} one={one} />
        ))}
      </ul>
      {now.rung.length > 0 && <h2>{t("call.group.notYet")}</h2>}
      <ul>
        {now.rung.map((one) => (
          <li key={one.account}>
            <span>
              <b class="ell">{personName(one)}</b>
              <small>{t("call.group.calling")}</small>
            </span>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function Person({ one }: { one: GroupCallPerson }) {
  const isSpeaking = speaking.value.has(one.seat);
  const words = !one.voice ? "call.group.muted" : isSpeaking ? "call.group.speaks" : undefined;
  return (
    <li>
      <Avatar face={one.face} size="sm" />
      <span>
        <b class="ell">{one.isHere ? t("call.group.me") : personName(one.person)}</b>
        {words !== undefined && <small>{t(words)}</small>}
      </span>
      {!one.voice ? <Icon of={MicOff} size="s" /> : isSpeaking && <Icon of={Volume2} size="s" />}
    </li>
  );
}
