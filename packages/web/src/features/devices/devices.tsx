/**
 * My devices: which there are, one more, or one less.
 */
import type { DeviceRow } from "@yanshu/client";
import { HeartHandshake, Plus, ShieldCheck, TabletSmartphone } from "lucide";
import { addWords, t } from "../../locales/i18n.ts";
import { messages } from "../../locales/parts/family.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useKeptScroll } from "../../shell/kept-scroll.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { Vault } from "./vault.tsx";

addWords(messages);

export function Devices() {
  const devices = useView("devices");
  const scroll = useKeptScroll<HTMLDivElement>("devices");
  return (
    <section class="screen">
      <TopBar title={t("devices.title")} />
      <div ref={scroll} class="scroll">
        <p class="page-note">{t("devices.note")}</p>
        <ul class="group">
          {devices?.map((row, place) => (
            <Device key={row.device} row={row} place={place + 1} />
          ))}
        </ul>
        <div class="group">
          <SettingLink icon={Plus} label={t("devices.link")} to={{ name: "link-device" }} testId="link-device" />
          <SettingLink icon={ShieldCheck} label={t("me.wayBack")} to={{ name: "way-back" }} testId="way-back-link" />
          <SettingLink
            icon={HeartHandshake}
            label={t("family.entry")}
            to={{ name: "way-back", part: "family" }}
            testId="family-link"
          />
        </div>
        <Vault />
      </div>
    </section>
  );
}

function Device({ row, place }: { row: DeviceRow; place: number }) {
  const revoke = async () => {
    const yes = await confirm({
      title: t("device.outAsk"),
      note: t("device.remove"),
      action: t("device.out"),
      danger: true,
    });
    if (yes && (await succeeds(() => api.revokeDevice(row.device)))) toast(t("device.gone"));
  };
  return (
    <li class="set" data-testid="device-row" data-device={row.device} data-this={row.isThis}>
      <span class="ico">
        <Icon of={TabletSmartphone} />
      </span>
      <span class="x">
        <span>
          {row.isThis ? t("devices.this") : t("devices.other", { n: place })}
          {/* Enough of the device's id to tell two apart. */}
          <small class="mono">{row.device.slice(0, 8)}</small>
        </span>
        {!row.isThis && (
          <button type="button" class="btn line sm push" data-testid="revoke" onClick={() => void revoke()}>
            {t("device.out")}
          </button>
        )}
      </span>
    </li>
  );
}
