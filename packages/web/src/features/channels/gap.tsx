/** In place of what is not here any more: who took it away, why, and where to object. */
import type { ChannelCommentsView, ChannelDecisionView, ChannelGap } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { useStatus } from "../../shell/session.ts";
import "./channels.css";

type Removed = ChannelCommentsView["removed"][number];

export function Gap({ gap: { why, decision } }: { readonly gap: ChannelGap }) {
  const home = useStatus()?.server ?? "";
  const words = {
    deleted: "ch.gap.deleted",
    removed: "ch.gap.removed",
    gone: "ch.gap.gone",
    unknown: "ch.gap.unknown",
  } as const;
  return (
    <li class={`ch-gap ${why}`} data-testid="channel-gap" data-why={why}>
      <p>{t(words[why], { home })}</p>
      {decision !== undefined && <Why decision={decision} />}
    </li>
  );
}

/** Comments that home took away for one reason. */
export function RemovedComments({ of: { decision, count, mine } }: { readonly of: Removed }) {
  const home = useStatus()?.server ?? "";
  return (
    <li class="ch-gap removed" data-testid="comments-removed">
      <p>{t("ch.gap.comments", { home, n: count })}</p>
      {mine > 0 && <p>{mine === count ? t("ch.gap.allYours") : t("ch.gap.yours", { n: mine })}</p>}
      <Why decision={decision} />
    </li>
  );
}

function Why({ decision: { reason, appeal } }: { readonly decision: ChannelDecisionView }) {
  return (
    <>
      <p>{t("ch.reason", { reason })}</p>
      <p>{t("ch.appeal", { where: appeal })}</p>
    </>
  );
}
