/** In place of films: a child's limits say that it is enough, that it is night, or that For You is not open. */
import type { ChannelsClosed } from "@yanshu/client";
import { MoonStar } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";
import { useView } from "../../shell/session.ts";
import { clockWords } from "./hours.ts";
import { spots } from "./spots.ts";

export function Closed({ why }: { readonly why: ChannelsClosed }) {
  const limits = useView("channelsYouth")?.limits;
  const words = {
    time: [t("ch.closed.time"), t("ch.closed.timeNote", { n: limits?.minutes ?? 0 })],
    night: [t("ch.closed.night"), t("ch.closed.nightNote", { time: clockWords(limits?.closedTo ?? 0) })],
    "for-you": [t("ch.closed.forYou"), t("ch.closed.forYouNote")],
  } as const;
  const [title, note] = words[why];
  return (
    <div class="ch-empty surface" data-testid="channels-closed" data-why={why}>
      <span class="ch-empty-icon" aria-hidden="true">
        <Icon of={MoonStar} />
      </span>
      <h2>{title}</h2>
      <p>{note}</p>
      <Link to={spots.youth} class="btn plain" data-testid="to-youth">
        {t("ch.youth")}
      </Link>
    </div>
  );
}
