/** Text: all that the terminal says, of core and features, in the language that was chosen. */
import type { AnyFaultKey } from "../fault.ts";
import { cliFeatures } from "../features/index.ts";
import type { CoreKey, Fill, Lang, Text as TextOf, Words } from "../words.ts";
import { en as coreEn } from "./en.ts";
import { zh as coreZh } from "./zh.ts";

type Feature = (typeof cliFeatures)[number];
type OwnKey<W> = W extends Words<infer K> ? K : never;
export type TextKey = CoreKey | OwnKey<Feature["words"]>;
/** What a fault says is in the words of its feature, which `faultsOf` checks. */
export type Text = TextOf<TextKey | AnyFaultKey>;

function merged(lang: Lang, core: Readonly<Record<CoreKey, string>>): Readonly<Record<TextKey, string>> {
  return Object.assign({}, core, ...cliFeatures.map(({ words }) => words[lang]));
}

export const en = merged("en", coreEn);
export const zh = merged("zh", coreZh);
const tables: Readonly<Record<Lang, Readonly<Record<TextKey, string>>>> = { en, zh };

export function textIn(lang: Lang): Text {
  return (key: string, fill: Fill = {}) =>
    tables[lang][key as TextKey].replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** As the first of these that is set says, in the order that programs of a POSIX system look at them. */
export function langOf(env: Readonly<Record<string, string | undefined>>): Lang {
  const said = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return said?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}
