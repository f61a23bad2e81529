/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "react.label": "回应",
  "react.more": "更多表情",
};
export type ReactionsId = keyof typeof zhHans;

const zhHant: Record<ReactionsId, string> = {
  "react.label": "回應",
  "react.more": "更多表情",
};

const en: Record<ReactionsId, string> = {
  "react.label": "Reactions",
  "react.more": "More faces",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ReactionsId[] = ["react.label"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ReactionsId, string> {}
}
