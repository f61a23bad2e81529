/** Notifications: a row in the settings, and on the page of privacy whether they show names. */
import { Bell } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink, SettingSwitch } from "../../shell/setting.tsx";
import { showsNames } from "./wishes.ts";

export { Notifications } from "./notifications.tsx";

function NamesRow() {
  return (
    <SettingSwitch
      icon={Bell}
      label={t("notices.names")}
      note={t("notices.namesNote")}
      isOn={showsNames.value}
      testId="setting-names"
      onChange={(isOn) => {
        showsNames.value = isOn;
      }}
    />
  );
}

export const inMe: InMe = {
  settings: [
    {
      group: "app",
      order: 10,
      row: () => (
        <SettingLink icon={Bell} label={t("notices.title")} to={{ name: "notifications" }} testId="notifications" />
      ),
    },
    { group: "seen", order: 10, row: NamesRow },
  ],
};
