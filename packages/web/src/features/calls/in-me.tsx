/**
 * In the settings: the page that tries calls; and on that of privacy, whether a call may show the other where one is.
 */
import { Phone, Waypoints } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { SettingLink, SettingSwitch } from "../../shell/setting.tsx";

export { CallsPage } from "./calls-page.tsx";

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

export const inMe: InMe = {
  settings: [
    { group: "seen", order: 60, row: () => <RelaySwitch /> },
    {
      group: "app",
      order: 45,
      row: () => <SettingLink icon={Phone} label={t("call.page")} to={{ name: "calls" }} testId="calls-link" />,
    },
  ],
};
