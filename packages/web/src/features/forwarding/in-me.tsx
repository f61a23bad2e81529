/** What one keeps, under “Me”. */
import { Bookmark } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { Favourites } from "./favourites.tsx";

export const inMe: InMe = {
  me: [
    {
      order: 10,
      row: () => (
        <SettingLink icon={Bookmark} label={t("me.favourites")} to={{ name: "favourites" }} testId="favourites-link" />
      ),
    },
  ],
};
