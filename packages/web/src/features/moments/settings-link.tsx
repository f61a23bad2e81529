/** The link to the settings of Moments, at the top of a page. */
import { Settings } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { Link } from "../../shell/link.tsx";

export function SettingsLink() {
  return (
    <Link
      to={{ name: "moments-settings" }}
      class="ib"
      aria-label={t("moments.settings")}
      data-testid="moments-settings"
    >
      <Icon of={Settings} />
    </Link>
  );
}
