/** One's own stickers, under “Me”. */
import { Sticker } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { Stickers } from "./stickers.tsx";

export const inMe: InMe = {
  me: [
    {
      order: 20,
      row: () => (
        <SettingLink icon={Sticker} label={t("sticker.mine")} to={{ name: "stickers" }} testId="stickers-link" />
      ),
    },
  ],
};
