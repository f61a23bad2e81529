/** Settings of Moments: how far back friends see, one's cover picture and line of text, switching Moments off. */
import type { MomentsWindow } from "@yanshu/client";
import { Aperture, Image, PencilLine } from "lucide";
import { useRef } from "preact/hooks";
import { close, open, toSend } from "../../kit/pictures/shrink.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { PictureInput } from "../../shell/picture-input.tsx";
import { api, attempt, useStatus, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { ask } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { windowName } from "./person-page.tsx";
import { Radio } from "./radio.tsx";
import "./moments.css";

const windows: readonly MomentsWindow[] = ["all", 180, 30, 3];
const signatureMax = 60;

export function MomentsSettings() {
  const settings = useView("momentsSettings");
  const me = useStatus()?.me;
  const own = useView("momentsOf", me?.account ?? "", { limit: 1 });
  const input = useRef<HTMLInputElement>(null);
  const sign = async () => {
    const signature = await ask({
      title: t("moments.signatureAsk"),
      label: t("moments.signature"),
      value: own?.signature ?? "",
      action: t("action.save"),
      lengthMax: signatureMax,
    });
    if (signature !== undefined) await attempt(() => api.setMomentsCover({ signature }));
  };
  const cover = async (file: File) => {
    const picked = await open(file);
    if (picked === undefined) return toast(t("picture.bad"));
    const picture = await toSend(picked, false);
    close(picked);
    await attempt(() => api.setMomentsCover({ picture }));
  };
  return (
    <section class="screen" data-testid="moments-settings-page">
      <TopBar title={t("moments.settings")} />
      <div class="scroll">
        <div class="group">
          <SettingSwitch
            icon={Aperture}
            label={t("moments.off")}
            note={t("moments.offNote")}
            isOn={settings?.isOn ?? true}
            testId="moments-on"
            onChange={(isOn) => void attempt(() => api.setMomentsOn(isOn))}
          />
        </div>
        {settings?.isOn !== false && (
          <>
            <h2 class="sec">{t("moments.windowAsk")}</h2>
            <div class="group" role="radiogroup" aria-label={t("moments.windowAsk")}>
              {windows.map((one) => (
                <Radio
                  key={one}
                  group="window"
                  isOn={settings?.window === one}
                  testId={`window-${one}`}
                  onPick={() => void attempt(() => api.setMomentsWindow(one))}
                >
                  <b>{windowName(one)}</b>
                </Radio>
              ))}
            </div>
            <p class="mo-note">{t("moments.windowNote")}</p>
            <div class="group">
              <SettingButton
                icon={Image}
                label={t("moments.cover")}
                testId="moments-cover-pick"
                onClick={() => input.current?.click()}
              />
              <SettingButton
                icon={PencilLine}
                label={t("moments.signature")}
                value={own?.signature ?? ""}
                testId="moments-signature-set"
                onClick={() => void sign()}
              />
            </div>
          </>
        )}
      </div>
      <PictureInput input={input} testId="moments-cover-input" onFile={(file) => void cover(file)} />
    </section>
  );
}
