/**
 * Preferences of this device: language, text size, look, elder mode. They say nothing about people or
 * messages, so they live in localStorage, where they are there before the first paint.
 */
import { effect, signal } from "@preact/signals";
import { type Locale, locales, matchLocale, useLocale } from "../locales/i18n.ts";

export type Theme = "system" | "light" | "dark";
/** 85, 100, 115, 130, 160, 200 %. */
export const textSteps = [85, 100, 115, 130, 160, 200] as const;

const storageKey = "yanshu.prefs";
type Stored = { locale?: string; textStep?: number; theme?: string; elder?: boolean };

function readStored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Stored;
  } catch {
    return {}; // Private windows may refuse storage: the defaults do.
  }
}

const stored = readStored();
export const wantedLocale = signal<Locale>(
  locales.find((known) => known === stored.locale) ?? matchLocale(navigator.languages),
);
export const textStep = signal(stored.textStep !== undefined && textSteps[stored.textStep - 1] ? stored.textStep : 2);
export const theme = signal<Theme>(stored.theme === "light" || stored.theme === "dark" ? stored.theme : "system");
export const elder = signal(stored.elder === true);

/**
 * Shows the preferences on the document and keeps them; resolves once the first words, and what they need to be large,
 * are there.
 */
export function startPrefs(): Promise<void> {
  const root = document.documentElement;
  effect(() => {
    root.dataset["text"] = String(textStep.value);
    root.toggleAttribute("data-elder", elder.value);
    if (theme.value === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = theme.value;
    colourFrame(theme.value);
    const kept = { locale: wantedLocale.value, textStep: textStep.value, theme: theme.value, elder: elder.value };
    try {
      localStorage.setItem(storageKey, JSON.stringify(kept));
    } catch {
      // Not kept in a private window; still shown.
    }
  });
  let words: Promise<void> = Promise.resolve();
  effect(() => {
    words = useLocale(wantedLocale.value);
  });
  // Large words have a style of their own, which most people never fetch.
  let large: Promise<unknown> = Promise.resolve();
  effect(() => {
    if (elder.value || textStep.value > 2) large = import("../styles/large.css");
  });
  return Promise.all([words, large]).then(() => undefined);
}

/** The bar of the system around the app: as the page says for each scheme, or as the person chose. */
const frameColours = { light: "#fffdf8", dark: "#1b1b18" } as const;
function colourFrame(chosen: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    const own = meta.media.includes("dark") ? "dark" : "light";
    meta.content = frameColours[chosen === "system" ? own : chosen];
  }
}
