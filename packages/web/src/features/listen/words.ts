/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.listen": "朗读",
  "listen.short": "听",
  "listen.stop": "停",
};
export type ListenId = keyof typeof zhHans;

const zhHant: Record<ListenId, string> = {
  "menu.listen": "朗讀",
  "listen.short": "聽",
  "listen.stop": "停",
};

const en: Record<ListenId, string> = {
  "menu.listen": "Listen",
  "listen.short": "Listen",
  "listen.stop": "Stop",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ListenId, string> {}
}
