/** The person's nickname in a group, and whether members are shown by their nicknames. */
import type { ConversationView } from "@yanshu/client";
import { Signature, UsersRound } from "lucide";
import { t } from "../../locales/i18n.ts";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { ask } from "../../shell/sheet.tsx";

const nicknameMax = 64;

export function NicknameRows({ view }: { view: ConversationView }) {
  const me = useStatus()?.me;
  if (view.state !== "open") return null;
  const id = view.conversation;
  const rename = async () => {
    const name = await ask({
      title: t("group.nicknameAsk"),
      label: t("group.nickname"),
      value: view.nickname,
      action: t("action.save"),
      lengthMax: nicknameMax,
    });
    if (name !== undefined) await attempt(() => api.setNickname(id, name));
  };
  return (
    <div class="group">
      <SettingButton
        icon={Signature}
        label={t("group.nickname")}
        value={view.nickname || (me?.name ?? "")}
        testId="nickname"
        onClick={() => void rename()}
      />
      <SettingSwitch
        icon={UsersRound}
        label={t("group.nicknamesShown")}
        isOn={view.showsNicknames}
        testId="nicknames-shown"
        onChange={(isOn) => void attempt(() => api.setNicknamesShown(id, isOn))}
      />
    </div>
  );
}
