/**
 * The strip above the field: which message is being answered or changed, and the way out.
 */
import { PencilLine, Reply, X } from "lucide";
import type { Aim } from "../kit/aim.ts";
import { lineWithSmileys } from "../kit/smileys/drawn.ts";
import { t } from "../locales/i18n.ts";
import { Icon } from "../shell/icon.tsx";

export function AimStrip({ aim, onClose }: { aim: Aim; onClose: () => void }) {
  const words = aim.words === "" ? t("quote.message") : aim.words.replace(/\s+/gu, " ");
  return (
    <div class="aim-strip" data-testid="aim" data-aim={aim.kind}>
      <Icon of={aim.kind === "quote" ? Reply : PencilLine} size="s" />
      <span class="ell">
        {lineWithSmileys(aim.kind === "quote" ? t("quote.line", { name: aim.from, words }) : t("edit.now", { words }))}
      </span>
      <button type="button" class="ib" aria-label={t("action.cancel")} data-testid="aim-cancel" onClick={onClose}>
        <Icon of={X} size="s" />
      </button>
    </div>
  );
}
