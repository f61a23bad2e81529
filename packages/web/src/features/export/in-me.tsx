/** Export and import in the settings. */
import { PackageOpen } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export const inMe: InMe = {
  settings: [
    {
      group: "app",
      order: 30,
      row: () => (
        <SettingLink icon={PackageOpen} label={t("carry.title")} to={{ name: "export" }} testId="carry-link" />
      ),
    },
  ],
};
