/** The words of elder mode’s three big actions (docs/spec/web.md WE10). */
const zhHans = {
  "elder.acts": "从这里开始",
  "elder.act.talk": "说话",
  "elder.act.photo": "发照片",
  "elder.act.write": "写字",
  "elder.who.talk": "跟谁说话？",
  "elder.who.photo": "照片发给谁？",
  "elder.who.write": "写给谁？",
};
export type ElderId = keyof typeof zhHans;

const zhHant: Record<ElderId, string> = {
  "elder.acts": "從這裡開始",
  "elder.act.talk": "說話",
  "elder.act.photo": "傳照片",
  "elder.act.write": "寫字",
  "elder.who.talk": "跟誰說話？",
  "elder.who.photo": "照片傳給誰？",
  "elder.who.write": "寫給誰？",
};

const en: Record<ElderId, string> = {
  "elder.acts": "Begin here",
  "elder.act.talk": "Talk",
  "elder.act.photo": "Photo",
  "elder.act.write": "Write",
  "elder.who.talk": "Talk to whom?",
  "elder.who.photo": "A photo for whom?",
  "elder.who.write": "Write to whom?",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
