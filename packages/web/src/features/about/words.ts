/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "about.title": "关于雁书",
  "about.what": "雁书由自己家、教会、学校或公司的人架设。架服务器的人看不到聊天内容。",
  "about.home": "这里的服务器：{server}",
  "about.code":
    "程序是自由软件：网页和服务器按 AGPL-3.0，其余按 Apache-2.0。人人可以看、可以改、可以转给别人；请向架服务器的人要源代码。",
  "about.stickers": "自带的三套表情按 CC0 放弃了版权，可以随意使用。",
};
export type AboutId = keyof typeof zhHans;

const zhHant: Record<AboutId, string> = {
  "about.title": "關於雁書",
  "about.what": "雁書由自己家、教會、學校或公司的人架設。架伺服器的人看不到聊天內容。",
  "about.home": "這裡的伺服器：{server}",
  "about.code":
    "程式是自由軟體：網頁和伺服器按 AGPL-3.0，其餘按 Apache-2.0。人人可以看、可以改、可以轉給別人；請向架伺服器的人要原始碼。",
  "about.stickers": "自帶的三套貼圖按 CC0 放棄了版權，可以隨意使用。",
};

const en: Record<AboutId, string> = {
  "about.title": "About Yanshu",
  "about.what":
    "Yanshu is run by families, churches, schools and companies for themselves. Whoever runs the server can’t read the chats.",
  "about.home": "Your server: {server}",
  "about.code":
    "It is free software: the app and the server under AGPL-3.0, the rest under Apache-2.0. Anyone may read it, change it and pass it on; ask whoever runs the server for its source.",
  "about.stickers": "The three sticker packs that come with it are in the public domain (CC0): use them as you like.",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<AboutId, string> {}
}
