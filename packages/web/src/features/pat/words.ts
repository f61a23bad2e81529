/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.pat": "拍一拍",
  "pat.self": "自己",
  "sys.pat": "{by}拍了拍{who}{suffix}",
};
export type PatId = keyof typeof zhHans;

const zhHant: Record<PatId, string> = {
  "menu.pat": "拍一拍",
  "pat.self": "自己",
  "sys.pat": "{by}拍了拍{who}{suffix}",
};

const en: Record<PatId, string> = {
  "menu.pat": "Pat",
  "pat.self": "themselves",
  "sys.pat": "{by} patted {who} {suffix}",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly PatId[] = ["pat.self", "sys.pat"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PatId, string> {}
}
