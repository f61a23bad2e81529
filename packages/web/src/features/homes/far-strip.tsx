/**
 * A strip at the top of a chat for each server of its people that does not answer (docs/spec/web.md WE161): whose it
 * is, since when, and what happens to what is said meanwhile.
 */
import type { ConversationView } from "@yanshu/client";
import { Hourglass } from "lucide";
import { useEffect } from "preact/hooks";
import { screenKind } from "../../kit/kinds/index.ts";
import { personNames } from "../../kit/person.ts";
import { lineTime } from "../../kit/time.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { nowMs } from "../../shell/now.ts";
import { api } from "../../shell/session.ts";
import "./homes.css";

type Unreached = NonNullable<ConversationView["unreached"]>[number];

/** Names on one line; of more people it says how many. */
const namedMax = 2;

export function FarStrip({ view }: { view: ConversationView }) {
  const { conversation } = view;
  useEffect(() => void api.askUnreached(conversation).catch(() => undefined), [conversation]);
  return (
    <>
      {view.unreached?.map((one) => (
        <p key={one.server} class="strip far-strip" role="status" data-testid="far" data-server={one.server}>
          <Icon of={Hourglass} size="s" />
          <span>{wordsOf(view, one)}</span>
        </p>
      ))}
    </>
  );
}

function wordsOf(view: ConversationView, { server, state, sinceMs, people }: Unreached): string {
  const who = whose(view, people);
  if (state !== "away" || sinceMs === undefined) return t(`homes.far.${state}`, { who, server });
  const time = lineTime(sinceMs, nowMs.value, locale.value, {
    today: t("time.today"),
    yesterday: t("time.yesterday"),
  });
  return t("homes.far.since", { who, server, time });
}

function whose({ members, title, kind }: ConversationView, people: Unreached["people"]): string {
  const named = members.filter(({ account, isMe }) => !isMe && people.includes(account));
  if (named.length === 0) return screenKind(kind).isOfMany ? t("homes.far.somebody") : title;
  if (named.length <= namedMax) return personNames(named);
  return t("homes.far.many", { who: personNames(named.slice(0, namedMax)), count: named.length });
}
