/**
 * Updates: the service worker keeps the app for offline; a newer one waits until the person says so.
 */
import { signal } from "@preact/signals";
import { Sparkles } from "lucide";
import { t } from "../locales/i18n.ts";
import { loadAllScreens } from "../screens/lazy.ts";
import { Icon } from "./icon.tsx";

const waiting = signal<ServiceWorker | undefined>(undefined);

export function startUpdates(): void {
  whenIdle(loadAllScreens);
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  let isReloading = false;
  const hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // The very first worker takes over silently; a later one only after "Update".
    if (!hadOne || isReloading) return;
    isReloading = true;
    location.reload();
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
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
  });
}

function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(work, { timeout: 3_000 });
  else setTimeout(work, 1_500);
}

export function UpdateStrip() {
  const next = waiting.value;
  if (next === undefined) return null;
  return (
    <div class="strip calm" role="status">
      <Icon of={Sparkles} size="s" />
      <span>{t("update.ready")}</span>
      <button type="button" class="act" onClick={() => next.postMessage("take-over")}>
        {t("update.now")}
      </button>
    </div>
  );
}
