/** In place of what is not here any more: who took it away, why, and where to object. */
import type { ChannelGap } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { useStatus } from "../../shell/session.ts";
import "./channels.css";

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
      {decision !== undefined && (
        <>
          <p>{t("ch.reason", { reason: decision.reason })}</p>
          <p>{t("ch.appeal", { where: decision.appeal })}</p>
        </>
      )}
    </li>
  );
}
