/** About a program: what it is and may, the star, and what it stored. */
import type { Program } from "@yanshu/mini";
import { Eraser, Star, Trash2 } from "lucide";
import { t } from "../../locales/i18n.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { confirm, Sheet } from "../../shell/sheet.tsx";

type AboutProps = {
  readonly program: Program;
  /** It was opened from a chat, and shares state with its members. */
  readonly isShared: boolean;
  readonly onClose: () => void;
  /** Ends the program: nothing that it says is heard once this returned. */
  readonly onGone: () => void;
};

export function About({ program, isShared, onClose, onGone }: AboutProps) {
  const { id, manifest } = program;
  const isStarred = useView("programs")?.some((one) => one.id === id && one.isStarred) === true;
  const lose = async (what: "clear" | "remove", work: () => Promise<void>) => {
    const action = t(`program.${what}`);
    if (!(await confirm({ title: action, note: t(`program.${what}Note`), action, danger: true }))) return;
    // First it ends: one that still ran would write all of it again.
    onGone();
    await succeeds(work);
  };
  const clear = () => lose("clear", () => api.clearProgram(id));
  const remove = () => lose("remove", () => api.removeProgram(id));
  return (
    <Sheet title={manifest.name} testId="program-about" onClose={onClose}>
      <h2 class="sheet-title">{manifest.name}</h2>
      <p class="program-words">{t(isShared ? "program.shares" : "program.may")}</p>
      <p class="program-note">{`${t("program.unsigned")} · ${t("program.version", { version: manifest.version })}`}</p>
      <div class="group">
        <SettingSwitch
          icon={Star}
          label={t("program.star")}
          testId="program-star"
          isOn={isStarred}
          onChange={(isOn) => void succeeds(() => api.starProgram(id, isOn))}
        />
        <SettingButton icon={Eraser} label={t("program.clear")} testId="program-clear" onClick={() => void clear()} />
        <SettingButton
          icon={Trash2}
          label={t("program.remove")}
          danger
          testId="program-remove"
          onClick={() => void remove()}
        />
      </div>
    </Sheet>
  );
}
