/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.large": "放大",
};
export type TextId = keyof typeof zhHans;

const zhHant: Record<TextId, string> = {
  "menu.large": "放大",
};

const en: Record<TextId, string> = {
  "menu.large": "Large",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<TextId, string> {}
}
