/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "emoji.search": "找表情",
  "emoji.none": "没找到",
  "emoji.recent": "最近",
  "emoji.group0": "笑脸",
  "emoji.group1": "人",
  "emoji.group3": "动物和自然",
  "emoji.group4": "吃的喝的",
  "emoji.group5": "地方",
  "emoji.group6": "活动",
  "emoji.group7": "东西",
  "emoji.group8": "符号",
  "smiley.pack": "小表情",
};
export type SmileysId = keyof typeof zhHans;

const zhHant: Record<SmileysId, string> = {
  "emoji.search": "找表情",
  "emoji.none": "沒找到",
  "emoji.recent": "最近",
  "emoji.group0": "笑臉",
  "emoji.group1": "人",
  "emoji.group3": "動物與自然",
  "emoji.group4": "吃的喝的",
  "emoji.group5": "地方",
  "emoji.group6": "活動",
  "emoji.group7": "東西",
  "emoji.group8": "符號",
  "smiley.pack": "小表情",
};

const en: Record<SmileysId, string> = {
  "emoji.search": "Find an emoji",
  "emoji.none": "Nothing found",
  "emoji.recent": "Recent",
  "emoji.group0": "Smileys",
  "emoji.group1": "People",
  "emoji.group3": "Animals and nature",
  "emoji.group4": "Food and drink",
  "emoji.group5": "Places",
  "emoji.group6": "Activities",
  "emoji.group7": "Things",
  "emoji.group8": "Signs",
  "smiley.pack": "Smileys",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<SmileysId, string> {}
}
