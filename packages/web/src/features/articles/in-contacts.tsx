/**
 * What of public accounts is loaded ahead: their row in Discover. The screens are loaded when one of them is opened.
 */
import { Newspaper } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Lazy, type Loader } from "../../shell/lazy.ts";
import { SettingLink } from "../../shell/setting.tsx";
import { folder } from "./spots.ts";

const place: Loader<{ readonly id: string }> = {
  load: async () => (await import("./screens.tsx")).Screens,
  ready: undefined,
};

export const Place = ({ id }: { readonly id: string }) => <Lazy of={place} id={id} />;

export function AccountsRow() {
  return (
    <div class="group">
      <SettingLink icon={Newspaper} label={t("acc.title")} to={folder} testId="to-accounts" />
    </div>
  );
}
