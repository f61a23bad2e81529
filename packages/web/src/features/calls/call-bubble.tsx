/** The record of a call in the chat: a tap calls back. */
import { Phone, PhoneMissed, Video } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { hasCalls, startCall } from "./call.ts";
import { clock } from "./clock.ts";
import { hasGroupCalls, tapGroupRecord } from "./group-call.ts";
import "./calls.css";

export function CallBubble(props: BubbleProps<"call">) {
  return props.body.isGroup ? <GroupRecord {...props} /> : <Record {...props} />;
}

/** The record of a group call: a tap joins it while it lasts, and starts a new one afterwards. */
function GroupRecord({ chat, body, mayWrite }: BubbleProps<"call">) {
  const { media, as, seconds } = body;
  const isMissed = body.listed === "missed";
  const icon = isMissed ? PhoneMissed : media === "video" ? Video : Phone;
  return (
    <button
      type="button"
      class={`card call-record ${isMissed ? "missed" : ""}`}
      data-testid="call-record"
      data-as={as}
      disabled={!mayWrite || !hasGroupCalls()}
      onClick={() => tapGroupRecord(chat, body)}
    >
      <Icon of={icon} />
      <span>
        <b>{t(`call.rec.group.${media}`)}</b>
        <small>{groupHow(as, seconds)}</small>
      </span>
    </button>
  );
}

function groupHow(as: BubbleProps<"call">["body"]["as"], seconds: number): string {
  if (as === "now" || as === "missed") return t(`call.rec.group.${as}`);
  return seconds > 0 ? clock(seconds) : t("call.rec.group.over");
}

function Record({ chat, item, body, mayWrite }: BubbleProps<"call">) {
  const { media, as } = body;
  const isMissed = body.listed === "missed";
  const how = howWords(as, body.seconds, item.mine);
  const icon = isMissed ? PhoneMissed : media === "video" ? Video : Phone;
  return (
    <button
      type="button"
      class={`card call-record ${isMissed ? "missed" : ""}`}
      data-testid="call-record"
      data-as={as}
      disabled={!mayWrite || !hasCalls()}
      onClick={() => void startCall(chat, media)}
    >
      <Icon of={icon} />
      <span>
        <b>{t(`call.rec.${media}`)}</b>
        <small>{how}</small>
      </span>
    </button>
  );
}

function howWords(as: BubbleProps<"call">["body"]["as"], seconds: number, mine: boolean): string {
  switch (as) {
    case "now":
      return t("call.rec.now");
    case "ended":
      return clock(seconds);
    case "declined":
      return t(mine ? "call.rec.declinedOut" : "call.rec.declinedIn");
    case "missed":
      return t(mine ? "call.rec.missedOut" : "call.rec.missedIn");
    case "cancelled":
      return t(mine ? "call.rec.cancelledOut" : "call.rec.missedIn");
    case "busy":
      return t(mine ? "call.rec.busyOut" : "call.rec.missedIn");
    case "unproven":
      return t("call.over.unproven");
    default:
      return t("call.rec.failed");
  }
}
