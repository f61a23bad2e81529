/** The record of a Live in the chat: a tap watches it while it lasts. */
import { Radio } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { clock } from "./clock.ts";
import { watchLive } from "./live.ts";
import { canPlay } from "./player.ts";
import "./live.css";

export function LiveBubble({ chat, item, body, mayWrite }: BubbleProps<"live">) {
  const { as, title, seconds, watched, live } = body;
  const isOn = as === "now" && live !== undefined;
  const mayWatch = isOn && !item.mine && canPlay();
  const ended = seconds > 0 ? t("live.rec.watched", { time: clock(seconds), n: watched }) : t("live.rec.over");
  const how = isOn ? t(item.mine ? "live.on" : mayWatch ? "live.rec.now" : "live.rec.cannot") : ended;
  const words = (
    <>
      <Icon of={Radio} />
      <span>
        <b>{title === "" ? t("live.rec") : title}</b>
        <small>{how}</small>
      </span>
    </>
  );
  if (!mayWatch || !mayWrite)
    return (
      <div class="card live-record" data-testid="live-record" data-as={as}>
        {words}
      </div>
    );
  return (
    <button
      type="button"
      class="card live-record"
      data-testid="live-record"
      data-as={as}
      onClick={() => void watchLive(chat, live)}
    >
      {words}
    </button>
  );
}
