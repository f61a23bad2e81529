/** Words: what the terminal says, in both languages. `{name}` is filled in. */
import type { en } from "./text/en.ts";

export type Lang = "zh" | "en";
export type Fill = Readonly<Record<string, string | number>>;

/** Of the core, which every feature may say too. */
export type CoreKey = keyof typeof en;

/** Gives the words of a key. @typeParam K keys besides those of the core. */
export type Text<K extends string = never> = (key: CoreKey | K, fill?: Fill) => string;

export type Words<K extends string> = Readonly<Record<Lang, Readonly<Record<K, string>>>>;

export const wordsOf = <const K extends string>(
  en: Readonly<Record<K, string>>,
  zh: Readonly<Record<NoInfer<K>, string>>,
): Words<K> => ({ en, zh });
/** Of a feature that says nothing but what the core says. */
export const noWords: Words<never> = { en: {}, zh: {} };
