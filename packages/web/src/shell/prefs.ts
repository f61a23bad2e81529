/**
 * Preferences of this device: language, text size, look, elder mode. They reveal nothing about people or messages, so
 * they are kept in localStorage, which can be read before the first paint.
 */
import { effect, signal } from "@preact/signals";
import { type Locale, locales, matchLocale, useLocale } from "../locales/i18n.ts";

export type Theme = "system" | "light" | "dark";
/** Text sizes in percent; `textStep` counts them from 1. */
export const textSteps = [85, 100, 115, 130, 160, 200] as const;

const storageKey = "yanshu.prefs";
type Stored = { locale?: string; textStep?: number; theme?: string; elder?: boolean };

function readStored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Stored;
  } catch {
    return {}; // A private window may refuse storage; the defaults apply.
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
 * Applies the preferences to the document and stores each change. Resolves once the first catalog and, for large text,
 * its style sheet are loaded.
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
      // A private window does not store them; they apply all the same.
    }
  });
  let words: Promise<void> = Promise.resolve();
  effect(() => {
    words = useLocale(wantedLocale.value);
  });
  // Large text has a style sheet of its own, which most people never load.
  let large: Promise<unknown> = Promise.resolve();
  effect(() => {
    if (elder.value || textStep.value > 2) large = import("../styles/large.css");
  });
  return Promise.all([words, large]).then(() => undefined);
}

/** `theme-color`, for the system's bar around the app: by the media query of each tag, or as the person chose. */
const frameColours = { light: "#fffdf8", dark: "#1b1b18" } as const;
function colourFrame(chosen: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    const own = meta.media.includes("dark") ? "dark" : "light";
    meta.content = frameColours[chosen === "system" ? own : chosen];
  }
}
