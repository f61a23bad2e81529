/**
 * A group's link that somebody opened: what stands in it, one button, and then how the asking stands.
 */
import type { JoinStanding, LinkPreview } from "@yanshu/client";
import { useEffect, useState } from "preact/hooks";
import { languageOf } from "../../kit/text.ts";
import { untilWords } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Mosaic } from "../../shell/avatar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { useLinkCard } from "../../shell/link-card.ts";
import { Logo } from "../../shell/mark.tsx";
import { go, setPendingLink } from "../../shell/router.ts";
import { api, attempt, useView } from "../../shell/session.ts";

type Group = Extract<LinkPreview, { kind: "group" }>;

export function GroupInvitation({ group, link, onClose }: { group: Group; link: string; onClose: () => void }) {
  const joins = useView("joins");
  const [isAsking, run] = useBusy();
  const [hasAsked, setAsked] = useState(group.standing === "asked");
  const asked = joins?.find(({ id }) => id === group.join);
  const standing: JoinStanding | undefined = hasAsked ? asked?.standing : undefined;
  const arrived = standing === "in" ? asked?.conversation : undefined;
  useEffect(() => {
    if (arrived === undefined) return;
    setPendingLink(undefined);
    go({ name: "chat", id: arrived }, "replace");
  }, [arrived]);

  const ask = async () => {
    if ((await attempt(() => api.joinGroup(link))) !== undefined) setAsked(true);
  };
  const forget = async () => {
    await attempt(() => api.forgetJoin(group.join));
    onClose();
  };
  const open = () => {
    setPendingLink(undefined);
    if (group.conversation !== undefined) go({ name: "chat", id: group.conversation }, "replace");
  };
  const card = useLinkCard(link);
  const name = card?.name ?? group.name;
  const isMember = group.standing === "member";
  const isOver = group.standing === "expired" || standing === "expired";
  const mayAsk = !isMember && !isOver && (standing === undefined || standing === "refused");
  const words = isMember
    ? t("join.member")
    : isOver
      ? t("join.expired")
      : standing === undefined
        ? t("join.title")
        : t(`join.${standing}`);
  return (
    <div class="scroll opened">
      <div
        class="paper-card invite-card"
        data-testid="group-invitation"
        data-standing={isMember ? "member" : isOver ? "expired" : (standing ?? "new")}
      >
        <Mosaic faces={card?.faces ?? [group.face]} size="xl" />
        <h1 class="brush person-name" lang={languageOf(name, locale.value)}>
          {name}
        </h1>
        <p role="status">{words}</p>
        {mayAsk && <p class="note">{t("join.until", { when: untilWords(group.expiresMs, locale.value) })}</p>}
        <span class="corner">
          <Logo />
        </span>
      </div>
      <div class="alone-acts">
        {isMember && (
          <button type="button" class="btn fill" data-testid="open-group" onClick={open}>
            {t("join.open")}
          </button>
        )}
        {mayAsk && (
          <button
            type="button"
            class="btn fill"
            aria-busy={isAsking}
            data-testid="join-group"
            onClick={() => void run(ask)}
          >
            {t(standing === "refused" ? "join.again" : "join.do")}
          </button>
        )}
        {standing === undefined || isMember ? (
          <button type="button" class="btn plain" onClick={onClose}>
            {t(mayAsk ? "friend.no" : "action.close")}
          </button>
        ) : (
          <>
            <button type="button" class="btn soft" data-testid="join-close" onClick={onClose}>
              {t("action.close")}
            </button>
            <button type="button" class="btn plain" data-testid="join-forget" onClick={() => void forget()}>
              {t("join.forget")}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
