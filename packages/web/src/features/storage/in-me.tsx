/** Storage in the settings. */
import { HardDrive } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { Storage } from "./storage.tsx";

export const inMe: InMe = {
  settings: [
    {
      group: "app",
      order: 20,
      row: () => (
        <SettingLink icon={HardDrive} label={t("storage.title")} to={{ name: "storage" }} testId="storage-link" />
      ),
    },
  ],
};
