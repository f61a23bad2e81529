/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "vault.keep": "把聊天记录封好，存在服务器上",
  "vault.keepNote": "新设备一连上，就有以前的聊天。只有你的设备打得开。",
  "vault.onNote": "记录先在这台设备上封好，再存到 {server}，服务器打不开。",
  "vault.on": "打开",
  "vault.offAsk": "不再存聊天记录？",
  "vault.offNote": "服务器上的会删掉，以后新连的设备看不到以前的聊天，凭卡片也找不回联系人。现有设备上的都还在。",
  "vault.off": "关掉并删除",
  "vault.none": "服务器上没有存聊天记录。",
  "vault.room": "已存 {used}，最多 {most}。",
  "vault.full": "存满了，新的聊天只在这台设备上。",
  "vault.fetching": "正在取回以前的聊天，先取最近的：{n}%",
};
export type BackupId = keyof typeof zhHans;

const zhHant: Record<BackupId, string> = {
  "vault.keep": "把聊天紀錄封好，存在伺服器上",
  "vault.keepNote": "新裝置一連上，就有以前的聊天。只有你的裝置打得開。",
  "vault.onNote": "紀錄先在這台裝置上封好，再存到 {server}，伺服器打不開。",
  "vault.on": "打開",
  "vault.offAsk": "不再存聊天記錄？",
  "vault.offNote": "伺服器上的會刪掉，以後新連的裝置看不到以前的聊天，憑卡片也找不回聯絡人。現有裝置上的都還在。",
  "vault.off": "關掉並刪除",
  "vault.none": "伺服器上沒有存聊天記錄。",
  "vault.room": "已存 {used}，最多 {most}。",
  "vault.full": "存滿了，新的聊天只在這台裝置上。",
  "vault.fetching": "正在取回以前的聊天，先取最近的：{n}%",
};

const en: Record<BackupId, string> = {
  "vault.keep": "Keep my history on the server, sealed",
  "vault.keepNote": "A new device then has what was said before it came. Only your devices can open it.",
  "vault.onNote": "It is sealed on this device before it goes to {server}, which can’t open it.",
  "vault.on": "Turn on",
  "vault.offAsk": "Keep no history on the server?",
  "vault.offNote":
    "What is kept there is deleted, and a device that you link later won’t have earlier chats. Your card then brings back no contacts. What your devices have stays.",
  "vault.off": "Turn off and delete",
  "vault.none": "No history is kept on the server.",
  "vault.room": "{used} kept, of {most}.",
  "vault.full": "It is full: what is said now is on this device only.",
  "vault.fetching": "Fetching earlier chats, the latest first: {n}%",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<BackupId, string> {}
}
