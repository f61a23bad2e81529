/** The row of mini programs in Discover; the list is loaded when it is opened. */
import { Blocks } from "lucide";
import { putUp } from "../../kit/over.tsx";
import { t } from "../../locales/i18n.ts";
import { Lazy } from "../../shell/lazy.ts";
import { SettingButton } from "../../shell/setting.tsx";
import { tray } from "./tray-loader.ts";

export function ProgramRow() {
  return (
    <div class="group">
      <SettingButton
        icon={Blocks}
        label={t("program.title")}
        testId="to-programs"
        onClick={() => putUp((close) => <Lazy of={tray} onClose={close} />)}
      />
    </div>
  );
}
