/** Rows on joining a group: its QR code, pending requests, whether joining needs approval, history for new members. */
import type { ConversationView } from "@yanshu/client";
import { QrCode, UserCheck, UserPlus } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Badge } from "../../shell/navigation.tsx";
import { api, attempt } from "../../shell/session.ts";
import { SettingLink, SettingSwitch } from "../../shell/setting.tsx";
import { NewcomersRow } from "./newcomers-row.tsx";

export function JoiningRows({ view }: { view: ConversationView }) {
  if (view.state !== "open") return null;
  const id = view.conversation;
  return (
    <div class="group">
      <SettingLink icon={QrCode} label={t("group.qr")} to={{ name: "group-qr", id }} testId="group-qr" />
      {view.may.decide && (
        <SettingSwitch
          icon={UserCheck}
          label={t("group.approval")}
          note={t("group.approvalNote")}
          isOn={view.isApproved}
          testId="approval"
          onChange={(isOn) => void attempt(() => api.setApproval(id, isOn))}
        />
      )}
      <NewcomersRow view={view} />
      {view.may.decide && (view.isApproved || view.asking > 0) && (
        <SettingLink
          icon={UserPlus}
          label={t("group.asking")}
          value={<Badge count={view.asking} words="group.askingCount" />}
          to={{ name: "asking", id }}
          testId="asking"
        />
      )}
    </div>
  );
}
