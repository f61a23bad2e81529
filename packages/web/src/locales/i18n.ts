/**
 * Words: one catalog a language, loaded when it is needed, switched without a reload.
 * Ids are those of the design's word list; screens never hold a word of their own.
 */
import { i18n } from "@lingui/core";
import { computed, signal } from "@preact/signals";
import type { MessageId as FirstId } from "./zh-Hans.ts";

/** The words that come after the first screen. Each file of them adds its own: `declare module`. */
export interface FeatureWords {}
/** Those of the first catalog, and those of the features. */
export type MessageId = FirstId | keyof FeatureWords;
export const locales = ["zh-Hans", "zh-Hant", "en"] as const;
export type Locale = (typeof locales)[number];
/** Each language in its own words, so that nobody has to read another one to find theirs. */
export const localeNames: Record<Locale, string> = { "zh-Hans": "简体", "zh-Hant": "繁體", en: "English" };

type Catalog = { readonly messages: Readonly<Record<string, string>> };
/** What a first screen says: the build adds the `first` words of the features to it (build/compiled-catalogs.ts). */
const catalogs: Readonly<Record<Locale, () => Promise<Catalog>>> = {
  "zh-Hans": () => import("./zh-Hans.ts"),
  "zh-Hant": () => import("./zh-Hant.ts"),
  en: () => import("./en.ts"),
};
/** The words of all features in one language, one file: the build collects them from their `words.ts`. */
const later: Readonly<Record<Locale, () => Promise<Catalog>>> = {
  "zh-Hans": () => import("virtual:words/zh-Hans"),
  "zh-Hant": () => import("virtual:words/zh-Hant"),
  en: () => import("virtual:words/en"),
};

const active = signal<Locale>("zh-Hans");
export const locale = computed(() => active.value);

/** The first of the browser's languages that we speak. Hong Kong, Macau and Taiwan write Traditional. */
export function matchLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (lower.startsWith("en")) return "en";
    if (!/^(zh|yue)\b/.test(lower)) continue;
    // A script that is named outranks what is usual in a place.
    if (lower.includes("hans")) return "zh-Hans";
    return /hant|-tw|-hk|-mo|^yue/.test(lower) ? "zh-Hant" : "zh-Hans";
  }
  return "en";
}

/** The language that was asked for last. */
let wanted: Locale = "zh-Hans";
let isLaterAsked = false;
const laterWords = new Map<Locale, Promise<void>>();

/** The screens say everything in `next`, once its words are here. */
export async function useLocale(next: Locale): Promise<void> {
  wanted = next;
  const [{ messages }] = await Promise.all([catalogs[next](), isLaterAsked ? loadLater(next) : undefined]);
  if (wanted !== next) return;
  i18n.load(next, messages); // Beside the words of features.
  i18n.activate(next);
  document.documentElement.lang = next;
  active.value = next;
}

/**
 * Loads the words that no first screen waits for (WE12), in the language of the screens alone. Every part waits for
 * them (shell/lazy.ts).
 */
export function wordsOfFeatures(): Promise<void> {
  isLaterAsked = true;
  return loadLater(wanted);
}

function loadLater(language: Locale): Promise<void> {
  const begun = laterWords.get(language);
  if (begun !== undefined) return begun;
  const loading = later[language]().then(
    ({ messages }) => i18n.load(language, messages),
    (error: unknown) => {
      laterWords.delete(language); // Asked for again by the next part.
      throw error;
    },
  );
  laterWords.set(language, loading);
  return loading;
}

/** The words for `id`. Reading it inside a component makes the component follow a change of language. */
export function t(id: MessageId, values?: Record<string, string | number>): string {
  void active.value;
  return i18n._(id, values);
}
