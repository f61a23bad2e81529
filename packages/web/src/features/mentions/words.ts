/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "mention.all": "所有人",
  "mention.label": "提到谁",
  "chats.mention": "[有人@我]",
};
export type MentionsId = keyof typeof zhHans;

const zhHant: Record<MentionsId, string> = {
  "mention.all": "所有人",
  "mention.label": "提到誰",
  "chats.mention": "[有人@我]",
};

const en: Record<MentionsId, string> = {
  "mention.all": "everyone",
  "mention.label": "Whom to mention",
  "chats.mention": "[@ you]",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly MentionsId[] = ["chats.mention"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<MentionsId, string> {}
}
