/** Says that a newer version is here, whole, and takes it at a tap; updates.ts fetches it. */
import { signal } from "@preact/signals";
import { Sparkles } from "lucide";
import { t } from "../locales/i18n.ts";
import { Icon } from "./icon.tsx";

/** A newer version that is here, and what puts it in place. */
export const newer = signal<{ readonly name: string; readonly take: () => void } | undefined>(undefined);
/** The one that was asked to take over. Chromium puts that off while the old one still answers requests. */
export const taking = signal<string | undefined>(undefined);

export function UpdateStrip() {
  const next = newer.value;
  if (next === undefined) return null;
  const isTaking = taking.value === next.name;
  return (
    <div class="strip calm" role="status">
      <Icon of={Sparkles} size="s" />
      <span>{t(isTaking ? "update.taking" : "update.ready")}</span>
      {!isTaking && (
        <button type="button" class="act" onClick={next.take}>
          {t("update.now")}
        </button>
      )}
    </div>
  );
}
