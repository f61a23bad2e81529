/** Under “Me”: one's own Moments; in the settings: how they are seen, and whether there are any. */
import { Aperture } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { Lazy, lazily } from "../../shell/lazy.ts";
import { SettingLink } from "../../shell/setting.tsx";

// With the screens of Moments: a file that both share would be one more to load.
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
