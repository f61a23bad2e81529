/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "storage.title": "存储空间",
  "storage.here": "雁书在这台设备上用掉的",
  "storage.device": "还能再用 {size}",
  "storage.chats": "每个聊天",
  "storage.of.photos": "照片",
  "storage.of.videos": "视频",
  "storage.of.voice": "语音",
  "storage.of.files": "文件",
  "storage.of.text": "文字",
  "storage.clear": "清理",
  "storage.clearSize": "清理 {size}",
  "storage.clearAsk": "清理 {size} 的照片、视频和文件？",
  "storage.clearNote": "它们服务器上还有，要看的时候点一下就再取回来。聊天里的话都不动。",
  "storage.cleared": "清出了 {size}",
  "storage.nothing": "没有可以清理的：文字都留着，服务器上已经没有的也留着。",
  "storage.vault": "存在服务器上的聊天记录",
  "storage.vaultOf": "已存 {used}，最多 {most}",
  "storage.home": "服务器上的照片和文件",
  "storage.homeOf": "留 {days} 天，每个最大 {most}",
};
export type StorageId = keyof typeof zhHans;

const zhHant: Record<StorageId, string> = {
  "storage.title": "儲存空間",
  "storage.here": "雁書在這台裝置上用掉的",
  "storage.device": "還能再用 {size}",
  "storage.chats": "每個聊天",
  "storage.of.photos": "照片",
  "storage.of.videos": "影片",
  "storage.of.voice": "語音",
  "storage.of.files": "檔案",
  "storage.of.text": "文字",
  "storage.clear": "清理",
  "storage.clearSize": "清理 {size}",
  "storage.clearAsk": "清理 {size} 的照片、影片和檔案？",
  "storage.clearNote": "它們伺服器上還有，要看的時候點一下就再取回來。聊天裡的話都不動。",
  "storage.cleared": "清出了 {size}",
  "storage.nothing": "沒有可以清理的：文字都留著，伺服器上已經沒有的也留著。",
  "storage.vault": "存在伺服器上的聊天紀錄",
  "storage.vaultOf": "已存 {used}，最多 {most}",
  "storage.home": "伺服器上的照片和檔案",
  "storage.homeOf": "留 {days} 天，每個最大 {most}",
};

const en: Record<StorageId, string> = {
  "storage.title": "Storage",
  "storage.here": "used by Yanshu on this device",
  "storage.device": "{size} more to use",
  "storage.chats": "Each chat",
  "storage.of.photos": "Photos",
  "storage.of.videos": "Videos",
  "storage.of.voice": "Voice",
  "storage.of.files": "Files",
  "storage.of.text": "Text",
  "storage.clear": "Free up",
  "storage.clearSize": "Free up {size}",
  "storage.clearAsk": "Free up {size} of photos, videos and files?",
  "storage.clearNote": "The server still has them: tap one and it comes back. What was written stays.",
  "storage.cleared": "{size} freed",
  "storage.nothing": "Nothing to free up: text stays, and so does what the server no longer has.",
  "storage.vault": "History kept on the server",
  "storage.vaultOf": "{used} kept, of {most}",
  "storage.home": "Photos and files on the server",
  "storage.homeOf": "Kept for {days} days, at most {most} each",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<StorageId, string> {}
}
