/**
 * Install strip: says why to install the app, where the browser can (WE22): a browser may clear a site's storage, but
 * leaves an installed app's alone. Dismissed, the strip returns after a week.
 */
import { signal } from "@preact/signals";
import { MonitorDown, X } from "lucide";
import { t } from "../locales/i18n.ts";
import { Icon } from "./icon.tsx";
import { install, installing } from "./install.ts";
import { nowMs } from "./now.ts";

const storageKey = "yanshu.install-later";
const laterMs = 7 * 86_400_000;
const putOffMs = signal(readPutOff());

export function InstallStrip() {
  const how = installing.value;
  if (how === "no" || how === "done" || nowMs.value < putOffMs.value + laterMs) return null;
  return (
    <section class="strip calm install-strip" aria-label={t("install.do")} data-testid="install-strip">
      <Icon of={MonitorDown} />
      <span class="grow">
        {t("install.why")} {how === "by-hand" && t("install.byHand")}
      </span>
      {how === "offered" && (
        <button type="button" class="act" data-testid="install-now" onClick={() => void install()}>
          {t("install.do")}
        </button>
      )}
      <button type="button" class="ib" aria-label={t("install.later")} data-testid="install-later" onClick={putOff}>
        <Icon of={X} size="s" />
      </button>
    </section>
  );
}

function readPutOff(): number {
  try {
    return Number(localStorage.getItem(storageKey) ?? 0) || 0;
  } catch {
    return 0; // A private window refuses storage; the app cannot be installed from there either.
  }
}

function putOff(): void {
  putOffMs.value = nowMs.peek();
  try {
    localStorage.setItem(storageKey, String(putOffMs.peek()));
  } catch {
    // Without storage the strip stays away until a reload.
  }
}
