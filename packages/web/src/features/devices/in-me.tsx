/** The devices under “Me”, with how many there are. */
import { TabletSmartphone } from "lucide";
import type { InMe } from "../../feature.ts";
import { t } from "../../locales/i18n.ts";
import { useView } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";

export { Devices } from "./devices.tsx";

function DevicesRow() {
  const devices = useView("devices");
  return (
    <SettingLink
      icon={TabletSmartphone}
      label={t("me.devices")}
      value={devices === undefined ? "" : String(devices.length)}
      to={{ name: "devices" }}
      testId="devices"
    />
  );
}

export const inMe: InMe = { me: [{ order: 30, row: DevicesRow }] };
