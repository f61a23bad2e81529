/** Privacy on one page, in plain words: what one may turn off, and what there is not (WE23). */
import { EyeOff, type IconNode, IdCard, MapPinOff, MoonStar, QrCode, UsersRound } from "lucide";
import "../../styles/settings.css";
import { type MessageId, t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { rowsIn } from "../../shell/rows.tsx";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { SettingSwitch } from "../../shell/setting.tsx";
import "./privacy.css";

const never: readonly (readonly [IconNode, MessageId])[] = [
  [EyeOff, "privacy.never1"],
  [MoonStar, "privacy.never2"],
  [MapPinOff, "privacy.never3"],
];

export function PrivacyScreen() {
  const me = useStatus()?.me;
  return (
    <section class="screen">
      <TopBar title={t("privacy.title")} />
      <div class="scroll">
        {me !== undefined && (
          <div class="group">
            {rowsIn("reach")}
            <SettingSwitch
              icon={QrCode}
              label={t("privacy.link")}
              note={t("privacy.linkNote")}
              isOn={me.privacy.takesLink}
              testId="setting-link"
              onChange={(takesLink) => void attempt(() => api.setPrivacy({ takesLink }))}
            />
            <SettingSwitch
              icon={IdCard}
              label={t("card.consent")}
              note={t("card.consentNote")}
              isOn={me.isPassedOn}
              testId="setting-passed-on"
              onChange={(isOn) => void attempt(() => api.setPassedOn(isOn))}
            />
            <SettingSwitch
              icon={UsersRound}
              label={t("privacy.groups")}
              note={t("privacy.groupsNote")}
              isOn={me.privacy.takesGroups}
              testId="setting-groups"
              onChange={(takesGroups) => void attempt(() => api.setPrivacy({ takesGroups }))}
            />
          </div>
        )}
        <div class="group">{rowsIn("seen")}</div>
        {rowsIn("kept")}
        <section class="never">
          <h2>{t("privacy.never")}</h2>
          <ul>
            {never.map(([icon, words]) => (
              <li key={words}>
                <Icon of={icon} size="s" />
                <span>{t(words)}</span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </section>
  );
}
