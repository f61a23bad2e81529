/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.quote": "引用",
  "quote.recalled": "引用的消息已经撤回",
};
export type QuotesId = keyof typeof zhHans;

const zhHant: Record<QuotesId, string> = {
  "menu.quote": "引用",
  "quote.recalled": "引用的訊息已經收回",
};

const en: Record<QuotesId, string> = {
  "menu.quote": "Quote",
  "quote.recalled": "The quoted message was recalled",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly QuotesId[] = ["menu.quote", "quote.recalled"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<QuotesId, string> {}
}
