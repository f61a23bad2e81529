/** Translation among the settings: a chat's switch, and what this browser can do. */
import { Languages } from "lucide";
import { setBothLines, showsBothLines } from "../../kit/translated.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { SettingSwitch } from "../../shell/setting.tsx";
import { mayTranslate } from "./translatable.ts";

/** Where the browser cannot translate there is nothing to switch on. */
export function BothLinesRow({ chat }: { chat: string }) {
  if (mayTranslate() !== true) return null;
  return (
    <SettingSwitch
      icon={Languages}
      label={t("translate.both")}
      note={t("translate.bothNote")}
      isOn={showsBothLines(chat)}
      testId="chat-translate"
      onChange={(isOn) => setBothLines(chat, isOn)}
    />
  );
}

export function TranslatorNote() {
  const can = mayTranslate();
  if (can === undefined) return null;
  return (
    <p class="strip calm" data-testid="translator-note" data-can={can}>
      <Icon of={Languages} size="s" />
      <span>{t(can ? "translate.can" : "translate.none")}</span>
    </p>
  );
}
