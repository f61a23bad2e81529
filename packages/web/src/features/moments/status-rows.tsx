/** Rows with a status: one's own under “Me”, a friend's on their page. Both open the page of all statuses. */
import type { MomentStatusView } from "@yanshu/client";
import { Sparkle } from "lucide";
import { t } from "../../locales/i18n.ts";
import { nowMs } from "../../shell/now.ts";
import { useView } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";
import { hoursLeft } from "./layout.ts";
import { MoodGlyph, moodWords } from "./mood.tsx";
import "./moments.css";

export function MyStatusRow() {
  const isOn = useView("momentsSettings")?.isOn !== false;
  const mine = useView("statuses")?.mine;
  return isOn ? <StatusRow status={mine} testId="my-status" /> : null;
}

/** Renders nothing if the friend has no status. */
export function FriendStatusRow({ account }: { readonly account: string }) {
  const status = useView("statuses")?.friends.find(({ by }) => by.account === account);
  return status === undefined ? null : <StatusRow status={status} testId="contact-status" />;
}

function StatusRow({ status, testId }: { readonly status: MomentStatusView | undefined; readonly testId: string }) {
  const left = status === undefined ? 0 : hoursLeft(status.endsMs, nowMs.value);
  return (
    <SettingLink
      icon={Sparkle}
      label={t("moments.status")}
      to={{ name: "status" }}
      testId={testId}
      {...(status !== undefined && {
        note: left > 1 ? t("status.left", { n: left }) : t("status.leftSoon"),
        value: (
          <span class="mo-mood-value">
            <MoodGlyph of={status.icon} size="sm" />
            {moodWords(status.icon)}
          </span>
        ),
      })}
    />
  );
}
