/** A strip at the top of a group's chat: who is live, and a button to watch (docs/spec/live.md CA174, CA175). */
import type { ConversationView } from "@yanshu/client";
import { useEffect } from "preact/hooks";
import { screenKind } from "../../kit/kinds/index.ts";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { api, useView } from "../../shell/session.ts";
import { watchLive } from "./live.ts";
import { canPlay } from "./player.ts";
import "./live.css";

export function LiveStrip({ view: { conversation: chat, kind } }: { view: ConversationView }) {
  const lives = useView("live");
  const isOffered = lives?.areThere === true && screenKind(kind).hasGroupCalls;
  useEffect(() => {
    if (!isOffered) return undefined;
    void api.lookAtLives(chat).catch(() => undefined);
    return () => void api.lookAtLives(undefined).catch(() => undefined);
  }, [chat, isOffered]);
  const live = lives?.goingOn.find(({ conversation }) => conversation === chat);
  if (live === undefined || lives?.watching !== undefined || lives?.showing !== undefined) return null;
  return (
    <div class="live-strip" data-testid="live-strip">
      <Avatar face={live.face} size="sm" />
      <p>
        <b role="status">{t("live.is", { name: personName(live.person) })}</b>
        {live.title !== "" && <span class="ell">{live.title}</span>}
      </p>
      {canPlay() ? (
        <button type="button" class="btn fill" data-testid="live-watch" onClick={() => void watchLive(chat, live.live)}>
          {t("live.watch")}
        </button>
      ) : (
        <span class="live-no">{t("live.cannotPlay")}</span>
      )}
    </div>
  );
}
