/**
 * Installing: the browser's `beforeinstallprompt` event is kept until the person asks for it in the settings (WE15).
 * An installed app has its own window and icon, and no browser clears its store after a week without use.
 */
import { signal } from "@preact/signals";

type Offer = Event & { readonly prompt: () => Promise<{ readonly outcome: "accepted" | "dismissed" }> };
let offer: Offer | undefined;

/**
 * `offered`: one tap installs. `by-hand`: Safari on a phone or tablet, where it is in the share menu.
 * `done`: it runs installed. `no`: this browser does not install apps.
 */
export type Installing = "offered" | "by-hand" | "done" | "no";
export const installing = signal<Installing>("no");

export function startInstalling(): void {
  // `standalone` on navigator is Safari's own; a Mac with touch is an iPad that says it is a Mac.
  const { standalone } = navigator as { standalone?: boolean };
  const isApple =
    /iPhone|iPad/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  if (standalone === true || matchMedia("(display-mode: standalone)").matches) installing.value = "done";
  else if (isApple) installing.value = "by-hand";
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event as Offer;
    installing.value = "offered";
  });
  addEventListener("appinstalled", () => {
    installing.value = "done";
  });
}

/** Shows the browser's install dialog. The event allows it once. */
export async function install(): Promise<void> {
  const current = offer;
  if (current === undefined) return;
  offer = undefined;
  const { outcome } = await current.prompt();
  installing.value = outcome === "accepted" ? "done" : "no";
}
