/**
 * In the settings, a link to the page that tests calls; on the page of privacy, whether calls always go through the
 * relay, which hides this device's IP address from the other party.
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
