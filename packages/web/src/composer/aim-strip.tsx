/**
 * The strip above the field: which message is being answered or changed, and the way out.
 */
import { X } from "lucide";
import type { Aim } from "../kit/aim.ts";
import { lineWithSmileys } from "../kit/smileys/drawn.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";

export function AimStrip({ aim, onClose }: { aim: Aim; onClose: () => void }) {
  return (
    <div class="aim-strip" data-testid="aim" data-aim={aim.id}>
      <Icon of={aim.icon} size="s" />
      <span class="ell">{lineWithSmileys(aim.says())}</span>
      <button type="button" class="ib" aria-label={t("action.cancel")} data-testid="aim-cancel" onClick={onClose}>
        <Icon of={X} size="s" />
      </button>
    </div>
  );
}
