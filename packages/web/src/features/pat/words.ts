/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.pat": "拍一拍",
};
export type PatId = keyof typeof zhHans;

const zhHant: Record<PatId, string> = {
  "menu.pat": "拍一拍",
};

const en: Record<PatId, string> = {
  "menu.pat": "Pat",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PatId, string> {}
}
