/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "linkCard.title": "给链接加个标题",
  "linkCard.none": "不要卡片",
  "linkCard.ask": "要打开 {host} 吗？",
  "linkCard.askNote": "这个链接是{name}发来的。不认识的网站，先问问家人。",
  "linkCard.open": "打开",
  "share.title": "发给谁？",
  "share.none": "没有要分享的内容",
  "menu.copyLink": "复制链接",
};
export type LinkCardsId = keyof typeof zhHans;

const zhHant: Record<LinkCardsId, string> = {
  "linkCard.title": "給連結加個標題",
  "linkCard.none": "不要卡片",
  "linkCard.ask": "要打開 {host} 嗎？",
  "linkCard.askNote": "這個連結是{name}傳來的。不認識的網站，先問問家人。",
  "linkCard.open": "打開",
  "share.title": "傳給誰？",
  "share.none": "沒有要分享的內容",
  "menu.copyLink": "複製連結",
};

const en: Record<LinkCardsId, string> = {
  "linkCard.title": "Give the link a title",
  "linkCard.none": "No card",
  "linkCard.ask": "Open {host}?",
  "linkCard.askNote": "{name} sent this link. If you don’t know the site, ask family first.",
  "linkCard.open": "Open",
  "share.title": "Send to whom?",
  "share.none": "Nothing was shared",
  "menu.copyLink": "Copy link",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly LinkCardsId[] = ["linkCard.ask", "linkCard.askNote", "linkCard.open"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<LinkCardsId, string> {}
}
