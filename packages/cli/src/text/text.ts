/** Text: what the terminal says, in the language that was chosen. */
import { en, type TextKey } from "./en.ts";
import { zh } from "./zh.ts";

export type Lang = "zh" | "en";
export type Fill = Readonly<Record<string, string | number>>;
export type Text = (key: TextKey, fill?: Fill) => string;

const tables = { en, zh } as const;

export function textIn(lang: Lang): Text {
  return (key, fill = {}) =>
    tables[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** As the first of these that is set says, in the order that programs of a POSIX system look at them. */
export function langOf(env: Readonly<Record<string, string | undefined>>): Lang {
  const said = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((value) => value !== undefined && value !== "");
  return said?.toLowerCase().startsWith("zh") === true ? "zh" : "en";
}
