/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "program.title": "小程序",
  "program.openIt": "打开",
  "program.opening": "正在打开…",
  "program.bad": "这个文件不是完好的小程序",
  "program.by": "小程序 · {name}",
  "program.said": "{by}，由“{program}”：{text}",
  "program.one": "小程序",
  "program.more": "关于这个小程序",
  "program.ended": "这个小程序太忙，已停下",
  "program.asks": "{name} 在问",
  "program.yes": "确定",
  "program.stop": "关闭小程序",
  "program.may": "它看不到你是谁、你的信和联系人，也不能联网。它只记得自己存下的东西，存在这台设备上。",
  "program.shares":
    "它知道你在这个聊天里的名字；它共用的内容，聊天里的人都看得到。它看不到你的信和联系人，也不能联网。",
  "program.unsigned": "没有人为它担保，只有寄来的人",
  "program.version": "版本 {version}",
  "program.star": "星标",
  "program.clear": "清空它存下的东西",
  "program.clearNote": "清空后找不回来。小程序会关上。",
  "program.remove": "从这台设备移除",
  "program.removeNote": "连它存下的东西一起移除。聊天里的还在，点开会重新来。",
  "program.search": "找小程序",
  "program.none": "还没有打开过小程序。聊天里收到的，点开就在这里。",
  "program.notFound": "没有找到",
};
export type ProgramsId = keyof typeof zhHans;

const zhHant: Record<ProgramsId, string> = {
  "program.title": "小程式",
  "program.openIt": "打開",
  "program.opening": "正在打開…",
  "program.bad": "這個檔案不是完好的小程式",
  "program.by": "小程式 · {name}",
  "program.said": "{by}，由「{program}」：{text}",
  "program.one": "小程式",
  "program.more": "關於這個小程式",
  "program.ended": "這個小程式太忙，已停下",
  "program.asks": "{name} 在問",
  "program.yes": "確定",
  "program.stop": "關閉小程式",
  "program.may": "它看不到你是誰、你的信和聯絡人，也不能連網。它只記得自己存下的東西，存在這台裝置上。",
  "program.shares":
    "它知道你在這個聊天裡的名字；它共用的內容，聊天裡的人都看得到。它看不到你的信和聯絡人，也不能連網。",
  "program.unsigned": "沒有人為它擔保，只有寄來的人",
  "program.version": "版本 {version}",
  "program.star": "星號",
  "program.clear": "清空它存下的東西",
  "program.clearNote": "清空後找不回來。小程式會關上。",
  "program.remove": "從這台裝置移除",
  "program.removeNote": "連它存下的東西一起移除。聊天裡的還在，點開會重新來。",
  "program.search": "找小程式",
  "program.none": "還沒有打開過小程式。聊天裡收到的，點開就在這裡。",
  "program.notFound": "沒有找到",
};

const en: Record<ProgramsId, string> = {
  "program.title": "Mini Programs",
  "program.openIt": "Open",
  "program.opening": "Opening…",
  "program.bad": "This file is no mini program, or is damaged",
  "program.by": "Mini program · {name}",
  "program.said": "{by}, by {program}: {text}",
  "program.one": "a mini program",
  "program.more": "About this program",
  "program.ended": "This program was too busy and was stopped",
  "program.asks": "{name} asks",
  "program.yes": "OK",
  "program.stop": "Close the program",
  "program.may":
    "It can’t see who you are, your letters or your contacts, and it has no network. It remembers only what it stored itself, on this device.",
  "program.shares":
    "It knows your name in this chat, and everybody here sees what it shares. It can’t see your letters or your contacts, and it has no network.",
  "program.unsigned": "Nobody vouches for it but the one who sent it",
  "program.version": "Version {version}",
  "program.star": "Star",
  "program.clear": "Clear what it stored",
  "program.clearNote": "It can’t be brought back. The program closes.",
  "program.remove": "Remove from this device",
  "program.removeNote": "With all that it stored. The one in the chat stays, and opens afresh.",
  "program.search": "Find a program",
  "program.none": "No program has been opened yet. Open one from a chat, and it stands here.",
  "program.notFound": "Nothing found",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ProgramsId[] = ["program.said", "program.one"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ProgramsId, string> {}
}
