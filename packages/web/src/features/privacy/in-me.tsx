/** Privacy in the settings. */
import { Shield } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { PrivacyScreen } from "./privacy.tsx";

export const inMe: InMe = {
  settings: [
    {
      group: "app",
      order: 40,
      row: () => <SettingLink icon={Shield} label={t("privacy.title")} to={{ name: "privacy" }} testId="privacy" />,
    },
  ],
};
