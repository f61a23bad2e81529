/** Says that a newer version is fully downloaded, and installs it at a tap; updates.ts downloads it. */
import { signal } from "@preact/signals";
import { CloudCheck } from "lucide";
import { t } from "../locales/i18n.ts";
import { Icon } from "./icon.tsx";

/** A downloaded newer version, and the function that installs it. */
export const newer = signal<{ readonly name: string; readonly take: () => void } | undefined>(undefined);
/** Name of the version that was told to take over. Chromium delays that while the old worker still answers requests. */
export const taking = signal<string | undefined>(undefined);

export function UpdateStrip() {
  const next = newer.value;
  if (next === undefined) return null;
  const isTaking = taking.value === next.name;
  return (
    <div class="strip calm" role="status">
      <Icon of={CloudCheck} size="s" />
      <span>{t(isTaking ? "update.taking" : "update.ready")}</span>
      {!isTaking && (
        <button type="button" class="act" onClick={next.take}>
          {t("update.now")}
        </button>
      )}
    </div>
  );
}
