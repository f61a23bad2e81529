/**
 * What this app is, who runs it here, and under which licences its parts are: a row among the settings, and its sheet.
 */
import { Info } from "lucide";
import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { useStatus } from "../../shell/session.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { Sheet } from "../../shell/sheet.tsx";

export function About() {
  const [isOpen, setOpen] = useState(false);
  const server = useStatus()?.server;
  const close = () => setOpen(false);
  return (
    <div class="group">
      <SettingButton icon={Info} label={t("about.title")} testId="about" onClick={() => setOpen(true)} />
      {isOpen && (
        <Sheet title={t("about.title")} onClose={close} testId="about-sheet">
          <h2 class="sheet-title">{t("about.title")}</h2>
          <p class="sheet-note">{t("about.what")}</p>
          {server !== undefined && <p class="sheet-note">{t("about.home", { server })}</p>}
          <p class="sheet-note">{t("about.code")}</p>
          <p class="sheet-note">{t("about.stickers")}</p>
          <div class="sheet-acts">
            <button type="button" class="btn plain" onClick={close}>
              {t("action.close")}
            </button>
          </div>
        </Sheet>
      )}
    </div>
  );
}
