/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "delete.title": "删除账号",
  "delete.goes1": "账号、资料和名字从 {server} 上删掉，一天之内什么也不留。",
  "delete.goes2": "你的每台设备上的聊天、照片和联系人都清空。没开着的那台，下次打开时可以清空。",
  "delete.goes3": "你会退出所有的群。群主的位置交给管理员，没有管理员就交给最早进群的人。",
  "delete.stays": "发给别人的话还在别人那里。想留自己的一份，先导出来。",
  "delete.reserve":
    "备用服务器 {reserve} 上还有一份，从这里删不到，它自己到期才删，一般是四百天。想早点删，先在终端里运行 yanshu reserve off，再回来删除账号。",
  "delete.noWayBack": "删了就找不回来了，卡片也没有用了。",
  "delete.sure": "删除“{name}”这个账号？",
  "delete.forGood": "永远删除",
  "leaving.title": "正在删除账号",
  "leaving.note": "先跟大家告别，再从服务器上删掉。要是断了网，连上以后会接着删。",
  "wipe.title": "清空这台设备",
  "wipe.sure": "清空这台设备上的聊天、照片和联系人？",
  "wipe.note": "账号如果还在别的设备上，那里的都不动。",
  "wipe.do": "清空",
};
export type AccountDeletionId = keyof typeof zhHans;

const zhHant: Record<AccountDeletionId, string> = {
  "delete.title": "刪除帳號",
  "delete.goes1": "帳號、資料和名字從 {server} 上刪掉，一天之內什麼也不留。",
  "delete.goes2": "你的每台裝置上的聊天、照片和聯絡人都清空。沒開著的那台，下次打開時可以清空。",
  "delete.goes3": "你會退出所有的群。群主的位置交給管理員，沒有管理員就交給最早進群的人。",
  "delete.stays": "發給別人的話還在別人那裡。想留自己的一份，先匯出來。",
  "delete.reserve":
    "備用伺服器 {reserve} 上還有一份，從這裡刪不到，它自己到期才刪，一般是四百天。想早點刪，先在終端機裡執行 yanshu reserve off，再回來刪除帳號。",
  "delete.noWayBack": "刪了就找不回來了，卡片也沒有用了。",
  "delete.sure": "刪除「{name}」這個帳號？",
  "delete.forGood": "永遠刪除",
  "leaving.title": "正在刪除帳號",
  "leaving.note": "先跟大家告別，再從伺服器上刪掉。要是斷了網，連上以後會接著刪。",
  "wipe.title": "清空這台裝置",
  "wipe.sure": "清空這台裝置上的聊天、照片和聯絡人？",
  "wipe.note": "帳號如果還在別的裝置上，那裡的都不動。",
  "wipe.do": "清空",
};

const en: Record<AccountDeletionId, string> = {
  "delete.title": "Delete my account",
  "delete.goes1":
    "Your account, profile and name are removed from {server}. Within a day nothing of them is left there.",
  "delete.goes2":
    "Chats, photos and contacts are cleared from each of your devices. One that is off now can be cleared when you next open it.",
  "delete.goes3": "You leave every group. If you own one, an admin takes over, or else whoever has been in it longest.",
  "delete.stays": "What you sent to others stays with them. To keep a copy for yourself, export it first.",
  "delete.reserve":
    "Your reserve {reserve} keeps its copy: it can’t be reached from here, and removes it when its time is up, usually after 400 days. To have it removed sooner, first run “yanshu reserve off” in the terminal, then delete your account.",
  "delete.noWayBack": "Once deleted it can’t be brought back, not even with your card.",
  "delete.sure": "Delete the account “{name}”?",
  "delete.forGood": "Delete for good",
  "leaving.title": "Deleting your account",
  "leaving.note":
    "Saying goodbye first, then removing it from the server. If the connection is lost, this goes on once it is back.",
  "wipe.title": "Clear this device",
  "wipe.sure": "Clear chats, photos and contacts from this device?",
  "wipe.note": "If the account is still on another device, everything there stays.",
  "wipe.do": "Clear",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<AccountDeletionId, string> {}
}
