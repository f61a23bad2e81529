/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "kind.press": "[菜单]",
  "kind.form": "[通知]",
  "service.menu": "服务号菜单",
  "service.offer": "对方在这里放了按钮，点一下就能办事。",
  "service.take": "看看",
  "service.more": "查看详情 · {host}",
  "service.outNote": "“{words}”要打开雁书以外的网页。",
  "service.scanNote": "打开聊天时，会告诉对方你扫了这个码。",
  "service.scanned": "扫了码",
};
export type ServicesId = keyof typeof zhHans;

const zhHant: Record<ServicesId, string> = {
  "kind.press": "[選單]",
  "kind.form": "[通知]",
  "service.menu": "服務號選單",
  "service.offer": "對方在這裡放了按鈕，點一下就能辦事。",
  "service.take": "看看",
  "service.more": "檢視詳情 · {host}",
  "service.outNote": "「{words}」要打開雁書以外的網頁。",
  "service.scanNote": "打開聊天時，會告訴對方你掃了這個條碼。",
  "service.scanned": "掃了條碼",
};

const en: Record<ServicesId, string> = {
  "kind.press": "[Menu]",
  "kind.form": "[Notice]",
  "service.menu": "Menu of this account",
  "service.offer": "There are buttons here that do things for you.",
  "service.take": "Show",
  "service.more": "Details · {host}",
  "service.outNote": "“{words}” opens a web page outside of Yanshu.",
  "service.scanNote": "Once the chat is open, they are told that you scanned this code.",
  "service.scanned": "Scanned a code",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ServicesId[] = [
  "kind.press",
  "kind.form",
  "service.menu",
  "service.offer",
  "service.take",
  "service.outNote",
  "service.scanned",
];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ServicesId, string> {}
}
