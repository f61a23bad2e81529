/**
 * Settings of this device: language, text size, look, elder mode. All take effect at once.
 */
import { AArrowUp, Accessibility, Globe, MonitorDown, SunMoon } from "lucide";
import "../styles/settings.css";
import { useState } from "preact/hooks";
import { localeNames, locales, t } from "../locales/i18n.ts";
import { TopBar } from "../shell/bar.tsx";
import { Choice } from "../shell/choice.tsx";
import { Icon } from "../shell/icon.tsx";
import { install, installing } from "../shell/install.ts";
import { useKeptScroll } from "../shell/kept-scroll.ts";
import { elder, type Theme, textStep, textSteps, theme, wantedLocale } from "../shell/prefs.ts";
import { rowsIn } from "../shell/rows.tsx";
import { SettingButton, SettingSwitch } from "../shell/setting.tsx";
import "../styles/chat.css";

const themes: readonly Theme[] = ["system", "light", "dark"];

export function Settings() {
  const [open, setOpen] = useState<"language" | "theme" | undefined>(undefined);
  const scroll = useKeptScroll<HTMLDivElement>("settings");
  return (
    <section class="screen">
      <TopBar title={t("settings.title")} />
      <div ref={scroll} class="scroll">
        <div class="group">
          <SettingButton
            icon={Globe}
            label={t("settings.language")}
            value={localeNames[wantedLocale.value]}
            testId="setting-language"
            onClick={() => setOpen("language")}
          />
          <SettingButton
            icon={SunMoon}
            label={t("settings.look")}
            value={t(`settings.${theme.value}`)}
            testId="setting-theme"
            onClick={() => setOpen("theme")}
          />
          <SettingSwitch
            icon={Accessibility}
            label={t("settings.elder")}
            note={t("elder.on")}
            isOn={elder.value}
            testId="setting-elder"
            onChange={(isOn) => {
              elder.value = isOn;
            }}
          />
        </div>
        <TextSize />
        <div class="group">{rowsIn("app")}</div>
        {rowsIn("notes")}
        <Install />
        {rowsIn("about")}
        <div class="group">{rowsIn("end")}</div>
      </div>
      {open === "language" && (
        <Choice
          title={t("settings.language")}
          options={locales.map((one) => ({ value: one, label: localeNames[one], lang: one }))}
          chosen={wantedLocale.value}
          onChoose={(one) => {
            wantedLocale.value = one;
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === "theme" && (
        <Choice
          title={t("settings.look")}
          options={themes.map((one) => ({ value: one, label: t(`settings.${one}`) }))}
          chosen={theme.value}
          onChoose={(one) => {
            theme.value = one;
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}

function TextSize() {
  return (
    <div class="group text-size">
      <label class="text-size-label" for="text-size">
        <span class="ico" aria-hidden="true">
          <Icon of={AArrowUp} />
        </span>
        <span>{t("settings.textSize")}</span>
        <output class="v">{textSteps[textStep.value - 1]}%</output>
      </label>
      <input
        id="text-size"
        type="range"
        min={1}
        max={textSteps.length}
        step={1}
        value={textStep.value}
        aria-valuetext={`${textSteps[textStep.value - 1]}%`}
        data-testid="setting-text"
        onInput={(event) => {
          textStep.value = Number(event.currentTarget.value);
        }}
      />
      <div class="sample" aria-hidden="true">
        <span class="bub">{t("settings.sample")}</span>
      </div>
    </div>
  );
}

/** Installing the app: one tap, or instructions for Safari's menu. */
function Install() {
  const how = installing.value;
  if (how === "no" || how === "done") return null;
  return (
    <div class="group">
      {how === "offered" ? (
        <SettingButton
          icon={MonitorDown}
          label={t("install.do")}
          note={t("install.why")}
          testId="install"
          onClick={() => void install()}
        />
      ) : (
        <p class="strip calm" data-testid="install-by-hand">
          <Icon of={MonitorDown} size="s" />
          <span>
            {t("install.why")} {t("install.byHand")}
          </span>
        </p>
      )}
    </div>
  );
}
