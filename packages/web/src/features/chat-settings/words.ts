/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "row.pin": "置顶",
  "row.unpin": "取消置顶",
  "row.mute": "免打扰",
  "row.unmute": "取消免打扰",
  "row.unread": "标为未读",
  "row.read": "标为已读",
  "row.hide": "不显示",
  "row.hidden": "有新消息才会再出现",
  "row.undo": "撤销",
  "row.delete": "删除聊天记录",
  "row.deleteAsk": "删除“{name}”的聊天记录？",
  "row.deleteNote": "删了就找不回来。别人手里的还在。",
  "row.deleteHere": "只从这台设备删除",
  "row.deleteAll": "从我所有的设备删除",
  "row.pinned": "已置顶",
  "row.muted": "免打扰",
};
export type ChatSettingsId = keyof typeof zhHans;

const zhHant: Record<ChatSettingsId, string> = {
  "row.pin": "置頂",
  "row.unpin": "取消置頂",
  "row.mute": "關閉提醒",
  "row.unmute": "開啟提醒",
  "row.unread": "標為未讀",
  "row.read": "標為已讀",
  "row.hide": "隱藏",
  "row.hidden": "有新訊息才會再出現",
  "row.undo": "復原",
  "row.delete": "刪除聊天紀錄",
  "row.deleteAsk": "刪除「{name}」的聊天紀錄？",
  "row.deleteNote": "刪了就找不回來。別人手裡的還在。",
  "row.deleteHere": "只從這台裝置刪除",
  "row.deleteAll": "從我所有的裝置刪除",
  "row.pinned": "已置頂",
  "row.muted": "已關閉提醒",
};

const en: Record<ChatSettingsId, string> = {
  "row.pin": "Pin",
  "row.unpin": "Unpin",
  "row.mute": "Mute",
  "row.unmute": "Unmute",
  "row.unread": "Mark as unread",
  "row.read": "Mark as read",
  "row.hide": "Hide",
  "row.hidden": "Hidden until something new comes",
  "row.undo": "Undo",
  "row.delete": "Delete chat",
  "row.deleteAsk": "Delete the chat “{name}”?",
  "row.deleteNote": "It can’t be brought back. What others have stays with them.",
  "row.deleteHere": "From this device only",
  "row.deleteAll": "From all my devices",
  "row.pinned": "Pinned",
  "row.muted": "Muted",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ChatSettingsId[] = ["row.pinned", "row.muted"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ChatSettingsId, string> {}
}
