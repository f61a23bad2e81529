/** Deleting the account, at the end of the settings; and what is shown while it goes. */
import { UserX } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { DeleteAccount } from "./delete-account.tsx";
export { Forgotten, Leaving } from "./leaving.tsx";

export const inMe: InMe = {
  settings: [
    {
      group: "end",
      order: 10,
      row: () => (
        <SettingLink icon={UserX} label={t("delete.title")} to={{ name: "account-deletion" }} testId="delete-link" />
      ),
    },
  ],
};
