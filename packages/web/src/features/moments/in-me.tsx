/** Under “Me”: one's own Moments and Status; in the settings: who sees them, and switching Moments off. */
import { Aperture } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";
import { SettingLink } from "../../shell/setting.tsx";

// In the bundle of the screens of Moments: otherwise the shared code would be one more file to load.
const myStatus = lazily(() => import("./in-contacts.ts").then((m) => m.MyStatusRow));

export const inMe: InMe = {
  me: [
    { order: 14, row: () => <Lazy of={myStatus} /> },
    {
      order: 15,
      row: () => (
        <SettingLink icon={Aperture} label={t("moments.mine")} to={{ name: "moments-mine" }} testId="my-moments" />
      ),
    },
  ],
  settings: [
    {
      group: "app",
      order: 46,
      row: () => (
        <SettingLink
          icon={Aperture}
          label={t("moments.settings")}
          to={{ name: "moments-settings" }}
          testId="moments-settings-link"
        />
      ),
    },
  ],
};
