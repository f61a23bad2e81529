/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.recall": "撤回",
  "recall.you": "你撤回了一条消息",
  "recall.other": "“{name}”撤回了一条消息",
  "recall.edit": "重新编辑",
};
export type RecallId = keyof typeof zhHans;

const zhHant: Record<RecallId, string> = {
  "menu.recall": "收回",
  "recall.you": "你收回了一則訊息",
  "recall.other": "「{name}」收回了一則訊息",
  "recall.edit": "重新編輯",
};

const en: Record<RecallId, string> = {
  "menu.recall": "Recall",
  "recall.you": "You recalled a message",
  "recall.other": "{name} recalled a message",
  "recall.edit": "Edit again",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly RecallId[] = ["menu.recall", "recall.you", "recall.other", "recall.edit"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<RecallId, string> {}
}
