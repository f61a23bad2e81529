/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "card.pick": "发谁的名片？",
  "card.nobody": "还没有联系人",
  "card.recommendTo": "把{name}的名片发给",
  "card.sent": "名片发出去了",
  "card.greeting": "我是{name}，{by}介绍的",
  "card.standing.contact": "已经认识",
  "card.standing.requested": "等对方点头",
  "card.standing.blocked": "已拉黑",
  "card.standing.self": "你自己的名片",
  "plus.card": "名片",
  "kind.card": "[名片]",
  "error.not-passed-on": "对方不希望名片被转发",
  "error.card-over": "这张名片不能用了，请朋友再发一张",
};
export type ContactCardsId = keyof typeof zhHans;

const zhHant: Record<ContactCardsId, string> = {
  "card.pick": "傳誰的名片？",
  "card.nobody": "還沒有聯絡人",
  "card.recommendTo": "把{name}的名片傳給",
  "card.sent": "名片傳出去了",
  "card.greeting": "我是{name}，{by}介紹的",
  "card.standing.contact": "已經認識",
  "card.standing.requested": "等對方點頭",
  "card.standing.blocked": "已封鎖",
  "card.standing.self": "你自己的名片",
  "plus.card": "名片",
  "kind.card": "[名片]",
  "error.not-passed-on": "對方不希望名片被轉傳",
  "error.card-over": "這張名片不能用了，請朋友再傳一張",
};

const en: Record<ContactCardsId, string> = {
  "card.pick": "Whose card?",
  "card.nobody": "No contacts yet",
  "card.recommendTo": "Send {name}’s card to",
  "card.sent": "The card is sent",
  "card.greeting": "I’m {name}, {by} introduced us",
  "card.standing.contact": "You know each other",
  "card.standing.requested": "Waiting for a yes",
  "card.standing.blocked": "Blocked",
  "card.standing.self": "Your own card",
  "plus.card": "Card",
  "kind.card": "[Card]",
  "error.not-passed-on": "They do not want their card passed on",
  "error.card-over": "This card leads nowhere any more. Ask for a new one",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ContactCardsId[] = ["kind.card"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ContactCardsId, string> {}
}
