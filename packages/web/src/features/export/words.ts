/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "carry.title": "导出和导入",
  "carry.what":
    "把所有聊天、朋友圈、照片、视频、文件和联系人做成一个压缩包，存到你想存的地方。网页打开就能看，别的程序也读得懂。",
  "carry.care": "就在这台设备上做。拿到它的人都看得见里面的内容，请收好。",
  "carry.make": "导出全部",
  "carry.making": "正在做",
  "carry.progress": "{of} 个聊天里做好了 {n} 个，{size}",
  "carry.save": "存起来（{size}）",
  "carry.missing": "有 {n} 个文件服务器上已经没有了，里面写明了是哪些。",
  "carry.failed": "没做成，可能是地方不够。清理一下再试。",
  "carry.pageTitle": "雁书聊天记录",
  "carry.moments": "朋友圈",
  "carry.goneFile": "已经没有了",
  "import.what": "把别处的聊天带过来看：雁书自己导出的、微信的、WhatsApp 的和 Telegram 的都行。",
  "import.how":
    "微信：用留痕、WechatExporter 这样的工具导出的 CSV、TXT、HTML，或连同图片的压缩包。WhatsApp：打开聊天，“导出聊天记录”。Telegram 电脑版：“导出聊天记录”，选 JSON。带来的聊天只在这台设备上，只能看。",
  "import.choose": "选一个文件导入",
  "import.busy": "正在导入，已有 {n} 条",
  "import.who": "里面哪个是你？",
  "import.nobody": "都不是",
  "import.done": "导入了 {chats} 个聊天，{n} 条。",
  "import.missing": "有 {n} 个文件没有一起带来，写着名字。",
  "import.open": "去看看",
  "import.fault.unknown": "看不出这是哪里的聊天记录。{where}",
  "import.fault.empty": "这个文件是空的。{where}",
  "import.fault.damaged": "这个文件坏了，没有导入。{where}",
  "import.fault.locked": "这个压缩包设了密码，先解开再来。{where}",
  "import.fault.too-large": "太大了，没有导入。{where}",
  "import.fault.too-many": "东西太多了，没有导入。{where}",
  "import.fault.swollen": "这个压缩包不对劲：解开会大得离谱，没有导入。{where}",
  "import.fault.bad-path": "这个压缩包不对劲：里面的文件名想写到别处去，没有导入。{where}",
  "import.fault.newer": "这是更新的雁书导出的，先更新再来。{where}",
  "import.fault.no-messages": "这个网页里没有聊天：消息可能存在旁边的文件里。导出时选“一次全部加载”，再来一次。{where}",
};
export type ExportId = keyof typeof zhHans;

const zhHant: Record<ExportId, string> = {
  "carry.title": "匯出和匯入",
  "carry.what":
    "把所有聊天、朋友圈、照片、影片、檔案和聯絡人做成一個壓縮檔，存到你想存的地方。網頁打開就能看，別的程式也讀得懂。",
  "carry.care": "就在這台裝置上做。拿到它的人都看得見裡面的內容，請收好。",
  "carry.make": "匯出全部",
  "carry.making": "正在做",
  "carry.progress": "{of} 個聊天裡做好了 {n} 個，{size}",
  "carry.save": "存起來（{size}）",
  "carry.missing": "有 {n} 個檔案伺服器上已經沒有了，裡面寫明了是哪些。",
  "carry.failed": "沒做成，可能是地方不夠。清理一下再試。",
  "carry.pageTitle": "雁書聊天紀錄",
  "carry.moments": "朋友圈",
  "carry.goneFile": "已經沒有了",
  "import.what": "把別處的聊天帶過來看：雁書自己匯出的、微信的、WhatsApp 的和 Telegram 的都行。",
  "import.how":
    "微信：用留痕、WechatExporter 這樣的工具匯出的 CSV、TXT、HTML，或連同圖片的壓縮檔。WhatsApp：打開聊天，「匯出對話」。Telegram 電腦版：「匯出聊天紀錄」，選 JSON。帶來的聊天只在這台裝置上，只能看。",
  "import.choose": "選一個檔案匯入",
  "import.busy": "正在匯入，已有 {n} 則",
  "import.who": "裡面哪個是你？",
  "import.nobody": "都不是",
  "import.done": "匯入了 {chats} 個聊天，{n} 則。",
  "import.missing": "有 {n} 個檔案沒有一起帶來，寫著名字。",
  "import.open": "去看看",
  "import.fault.unknown": "看不出這是哪裡的聊天紀錄。{where}",
  "import.fault.empty": "這個檔案是空的。{where}",
  "import.fault.damaged": "這個檔案壞了，沒有匯入。{where}",
  "import.fault.locked": "這個壓縮檔設了密碼，先解開再來。{where}",
  "import.fault.too-large": "太大了，沒有匯入。{where}",
  "import.fault.too-many": "東西太多了，沒有匯入。{where}",
  "import.fault.swollen": "這個壓縮檔不對勁：解開會大得離譜，沒有匯入。{where}",
  "import.fault.bad-path": "這個壓縮檔不對勁：裡面的檔名想寫到別處去，沒有匯入。{where}",
  "import.fault.newer": "這是更新的雁書匯出的，先更新再來。{where}",
  "import.fault.no-messages":
    "這個網頁裡沒有聊天：訊息可能存在旁邊的檔案裡。匯出時選「一次全部載入」，再來一次。{where}",
};

const en: Record<ExportId, string> = {
  "carry.title": "Export and import",
  "carry.what":
    "All your chats, Moments, photos, videos, files and contacts in one zip, kept wherever you like. Any browser shows it, and other programs can read it.",
  "carry.care": "It is made on this device. Whoever has it can read all of it, so keep it safe.",
  "carry.make": "Export everything",
  "carry.making": "Making the zip",
  "carry.progress": "{n} of {of} chats, {size}",
  "carry.save": "Save it ({size})",
  "carry.missing": "{n} files are no longer on the server. The zip says which.",
  "carry.failed": "It couldn’t be made, perhaps for lack of room. Free some up and try again.",
  "carry.pageTitle": "Yanshu chats",
  "carry.moments": "Moments",
  "carry.goneFile": "no longer there",
  "import.what":
    "Bring chats along from elsewhere, to read them here: from Yanshu’s own export, from WeChat, WhatsApp or from Telegram.",
  "import.how":
    "WeChat: what a tool such as WeChatMsg or WechatExporter wrote, as CSV, TXT or HTML, or a zip of it with its pictures. WhatsApp: open a chat, Export chat. Telegram on a computer: Export chat history, as JSON. What you bring is on this device only, and to be read only.",
  "import.choose": "Choose a file to import",
  "import.busy": "Importing, {n} so far",
  "import.who": "Which of them is you?",
  "import.nobody": "None of them",
  "import.done": "{n} messages in {chats} chats are here.",
  "import.missing": "{n} files did not come along; their names did.",
  "import.open": "Have a look",
  "import.fault.unknown": "This is no chat history that Yanshu knows. {where}",
  "import.fault.empty": "This file is empty. {where}",
  "import.fault.damaged": "This file is damaged; nothing was imported. {where}",
  "import.fault.locked": "This zip has a password: open it first. {where}",
  "import.fault.too-large": "It is too large; nothing was imported. {where}",
  "import.fault.too-many": "There is too much in it; nothing was imported. {where}",
  "import.fault.swollen": "This zip is not right: it would swell beyond all measure. Nothing was imported. {where}",
  "import.fault.bad-path": "This zip is not right: a name in it leads elsewhere. Nothing was imported. {where}",
  "import.fault.newer": "A newer Yanshu made this: update first. {where}",
  "import.fault.no-messages":
    "There are no messages in this page: they may lie in files beside it. Export it once more, all in one page. {where}",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ExportId, string> {}
}
