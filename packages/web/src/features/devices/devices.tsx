/** My devices: the list, with renaming and signing out; links to linking another device and to recovery. */
import type { DeviceRow } from "@yanshu/client";
import { HeartHandshake, PencilLine, Plus, ShieldCheck, TabletSmartphone } from "lucide";
import "../../styles/linking.css";
import { locale, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { useKeptScroll } from "../../shell/kept-scroll.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { SettingLink } from "../../shell/setting.tsx";
import { ask, confirm } from "../../shell/sheet.tsx";
import { Slot } from "../../shell/slot.tsx";
import { toast } from "../../shell/toast.tsx";

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
        <Slot name="backup" />
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
  const rename = async () => {
    const name = await ask({
      title: t("device.rename"),
      label: t("device.name"),
      value: row.name || row.made,
      action: t("action.save"),
      lengthMax: 64,
    });
    if (name !== undefined && name !== row.name) await succeeds(() => api.renameDevice(row.device, name));
  };
  const called = row.name || row.made || (row.isThis ? t("devices.this") : t("devices.other", { n: place }));
  const about = [
    row.isThis && called !== t("devices.this") ? t("devices.this") : "",
    row.name === "" ? "" : row.made,
    row.sinceMs === 0 ? "" : dayOf(row.sinceMs),
  ].filter((words) => words !== "");
  return (
    <li class="set" data-testid="device-row" data-device={row.device} data-this={row.isThis}>
      <span class="ico">
        <Icon of={TabletSmartphone} />
      </span>
      <span class="x">
        <span>
          {called}
          <small>{about.join(" · ")}</small>
        </span>
        <button
          type="button"
          class="ib device-rename"
          aria-label={t("device.renameOne", { name: called })}
          data-testid="device-rename"
          onClick={() => void rename()}
        >
          <Icon of={PencilLine} size="s" />
        </button>
        {!row.isThis && (
          <button type="button" class="btn line sm" data-testid="revoke" onClick={() => void revoke()}>
            {t("device.out")}
          </button>
        )}
      </span>
    </li>
  );
}

/** A date such as `11月28日`; with the year if it is not this year. */
function dayOf(ms: number): string {
  const [day, now] = [new Date(ms), new Date()];
  const year = day.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return day.toLocaleDateString(locale.value, { month: "long", day: "numeric", ...year });
}
