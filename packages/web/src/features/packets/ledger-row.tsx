/** The way to a chat's ledger, in its details. */
import { ChevronRight, type IconNode } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";

export function LedgerRow({ icon, chat }: { readonly icon: IconNode; readonly chat: string }) {
  return (
    <button
      type="button"
      class="set"
      data-testid="chat-ledger"
      onClick={() => void import("./ledger.tsx").then((m) => m.openLedger(chat))}
    >
      <span class="ico">
        <Icon of={icon} />
      </span>
      <span class="x">
        <span>{t("ledger.title")}</span>
        <span class="v">
          <Icon of={ChevronRight} size="s" />
        </span>
      </span>
    </button>
  );
}
