/**
 * Updates: the service worker keeps the app for offline; a newer one waits until the person says so.
 */
import { signal } from "@preact/signals";
import { Sparkles } from "lucide";
import { t } from "../locales/i18n.ts";

import { Icon } from "./icon.tsx";
import { loadAllParts } from "./lazy.ts";

const lookAgainMs = 3_600_000;
const waiting = signal<ServiceWorker | undefined>(undefined);
/** What was asked to take over. Chromium puts that off while the old one still answers requests. */
const taken = signal<ServiceWorker | undefined>(undefined);

export function startUpdates(): void {
  whenIdle(() => void loadAllParts());
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  let isReloading = false;
  let hasOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The very first worker takes over silently; a later one only after "Update", in every window.
    if (hasOne && !isReloading) {
      isReloading = true;
      location.reload();
    }
    hasOne = true;
  });
  // Without it the app still works online.
  void navigator.serviceWorker
    .register("/sw.js")
    .then(follow)
    .catch(() => undefined);
}

function follow(registration: ServiceWorkerRegistration): void {
  const look = () => {
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null) {
      waiting.value = registration.waiting;
    }
  };
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  const ask = () => void registration.update().catch(() => undefined); // Without a network there is nothing new.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") ask();
  });
  // A window that stays open for days hears of a new version too.
  setInterval(ask, lookAgainMs);
}

function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 3_000 });
  else setTimeout(work, 1_500);
}

export function UpdateStrip() {
  const next = waiting.value;
  if (next === undefined) return null;
  const isTaken = taken.value === next;
  const take = () => {
    taken.value = next;
    next.postMessage("take-over");
  };
  return (
    <div class="strip calm" role="status">
      <Icon of={Sparkles} size="s" />
      <span>{t(isTaken ? "update.taking" : "update.ready")}</span>
      {!isTaken && (
        <button type="button" class="act" onClick={take}>
          {t("update.now")}
        </button>
      )}
    </div>
  );
}
