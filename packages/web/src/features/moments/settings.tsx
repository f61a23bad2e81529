/** Settings of Moments: how far back friends see, one's cover picture and line of text, switching Moments off. */
import type { MomentsWindow } from "@yanshu/client";
import { Aperture, EyeOff, Image, MessageCircle, PencilLine, UserX } from "lucide";
import { useRef, useState } from "preact/hooks";
import { Picker } from "../../kit/picker.tsx";
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
/** What is decided of single friends, as on the page of each; here of several at once. */
const decided = [
  { which: "hidesTheirs", icon: EyeOff, words: "moments.hideThemAll" },
  { which: "hidesMine", icon: UserX, words: "moments.hideMineAll" },
  { which: "chatsOnly", icon: MessageCircle, words: "moments.chatsOnlyAll" },
] as const;
type Decided = (typeof decided)[number];

export function MomentsSettings() {
  const settings = useView("momentsSettings");
  const me = useStatus()?.me;
  const own = useView("momentsOf", me?.account ?? "", { limit: 0 });
  const contacts = useView("contacts");
  const input = useRef<HTMLInputElement>(null);
  const [picking, setPicking] = useState<Decided | undefined>(undefined);
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
  if (picking !== undefined && settings !== undefined) {
    const before = settings[picking.which];
    return (
      <Picker
        title={t(picking.words)}
        contacts={contacts}
        first={before}
        mayBeNobody
        onCancel={() => setPicking(undefined)}
        onDone={async (after) => {
          const set = (accounts: readonly string[], isOn: boolean) =>
            Promise.all(accounts.map((one) => attempt(() => api.setMomentsWith(one, { [picking.which]: isOn }))));
          await set(
            after.filter((one) => !before.includes(one)),
            true,
          );
          await set(
            before.filter((one) => !after.includes(one)),
            false,
          );
          setPicking(undefined);
        }}
      />
    );
  }
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
              {decided.map((one) => (
                <SettingButton
                  key={one.which}
                  icon={one.icon}
                  label={t(one.words)}
                  value={t("moments.people", { n: settings?.[one.which].length ?? 0 })}
                  testId={`moments-${one.which}`}
                  onClick={() => setPicking(one)}
                />
              ))}
            </div>
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
