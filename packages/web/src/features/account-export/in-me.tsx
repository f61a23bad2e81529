/** What the server keeps, on the page of privacy. */
import { ServerCog } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { HomeKeeps } from "./home-keeps.tsx";

function ServerRow() {
  return (
    <div class="group">
      <SettingLink icon={ServerCog} label={t("home.title")} to={{ name: "account-export" }} testId="home-keeps-link" />
    </div>
  );
}

export const inMe: InMe = { settings: [{ group: "kept", order: 20, row: ServerRow }] };
