/** On the page of privacy: whether a call may show the other where one is. */
import { Waypoints } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { SettingSwitch } from "../../shell/setting.tsx";

function RelaySwitch() {
  const me = useStatus()?.me;
  if (me === undefined) return null;
  return (
    <SettingSwitch
      icon={Waypoints}
      label={t("call.relay")}
      note={t("call.relayNote")}
      isOn={me.privacy.relaysCalls}
      testId="setting-relay"
      onChange={(relaysCalls) => void attempt(() => api.setPrivacy({ relaysCalls }))}
    />
  );
}

export const inMe: InMe = { settings: [{ group: "seen", order: 60, row: () => <RelaySwitch /> }] };
