/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "chats.draft": "[草稿]",
};
export type DraftsId = keyof typeof zhHans;

const zhHant: Record<DraftsId, string> = {
  "chats.draft": "[草稿]",
};

const en: Record<DraftsId, string> = {
  "chats.draft": "[Draft]",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly DraftsId[] = ["chats.draft"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<DraftsId, string> {}
}
