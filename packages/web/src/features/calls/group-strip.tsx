/** A strip at the top of a group's chat: who is in its call, and buttons to join (docs/spec/calls.md CA95). */
import type { ConversationView } from "@yanshu/client";
import { useEffect } from "preact/hooks";
import { personNames } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { api, useView } from "../../shell/session.ts";
import { hasGroupCalls, isGroupChat, joinGroupCall, listenToGroupCall } from "./group-call.ts";
import "./group.css";

const facesMax = 3;

export function GroupCallStrip({ view: { conversation: chat } }: { view: ConversationView }) {
  const calls = useView("groupCalls");
  const isOffered = hasGroupCalls() && isGroupChat(chat);
  useEffect(() => {
    if (!isOffered) return undefined;
    void api.watchGroupCalls(chat).catch(() => undefined);
    return () => void api.watchGroupCalls(undefined).catch(() => undefined);
  }, [chat, isOffered]);
  const live = calls?.live.find(({ conversation }) => conversation === chat);
  if (live === undefined || calls?.now !== undefined || calls?.ringing?.call === live.call) return null;
  return (
    <div class="group-banner" data-testid="group-call-banner">
      <span class="group-faces" aria-hidden="true">
        {live.people.slice(0, facesMax).map(({ person, face }) => (
          <Avatar key={person.account} face={face} size="sm" />
        ))}
      </span>
      <p>
        <b role="status">{live.count > 0 ? t("call.group.live", { n: live.count }) : t("call.group.goesOn")}</b>
        <span class="ell">{personNames(live.people.map(({ person }) => person))}</span>
      </p>
      <button
        type="button"
        class="btn"
        data-testid="group-call-listen"
        onClick={() => void listenToGroupCall(chat, live.call)}
      >
        {t("call.group.listen")}
      </button>
      <button
        type="button"
        class="btn fill"
        data-testid="group-call-join"
        onClick={() => void joinGroupCall(chat, live.call, live.media)}
      >
        {t("call.group.join")}
      </button>
    </div>
  );
}
