/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "code.title": "这份代码",
  "code.row": "看看是不是发布的那一份",
  "code.looking": "正在查…",
  "code.released": "这就是发布的那份代码",
  "code.releasedNote": "两个人以上签了名。签名不够的新版本，这里不装。",
  "code.test": "签名用的是测试钥匙，人人都有，所以现在还什么也证明不了。",
  "code.self-built": "这份代码没有人签名",
  "code.ownNote": "它是你的服务器自己编译的，只有架服务器的人为它担保。",
  "code.doubtful": "这份代码和发布的对不上",
  "code.doubtfulNote": "请告诉架服务器的人。心里没底，先别输应用锁的密码，把全部内容装成一个文件带走。",
  "code.dev": "这是开发用的，没有装在浏览器里",
  "code.different": "不一样的文件：{paths}",
  "code.why.unsigned": "没有人签名",
  "code.why.too-few": "签名的人不够",
  "code.why.malformed": "签名不对，发布以后被改过",
  "code.why.older": "比这里用过的版本旧",
  "code.why.rival": "同一个版本号，却是另一份",
  "code.why.other-code": "签了名的是另一份代码",
  "code.notTaken": "服务器给了一个不是发布的版本，没有装上",
  "code.notTakenNote": "服务器给了一个不是发布的版本，没有装上：{why}。你用的还是原来的。",
  "code.version": "版本",
  "code.commit": "出自",
  "code.signers": "签名的人",
  "code.files": "查过的文件",
  "code.filesOf": "存着的 {kept} 个都对",
  "code.print": "指纹",
  "code.at": "查的时间",
  "code.again": "再查一次",
  "code.limit":
    "页面不能替自己作证：第一次打开时，信的是服务器。想更放心，请懂电脑的家人在另一台电脑上用 yanshu verify 查这台服务器。",
};
export type CodeId = keyof typeof zhHans;

const zhHant: Record<CodeId, string> = {
  "code.title": "這份程式碼",
  "code.row": "看看是不是發布的那一份",
  "code.looking": "正在查…",
  "code.released": "這就是發布的那份程式碼",
  "code.releasedNote": "兩個人以上簽了名。簽名不夠的新版本，這裡不裝。",
  "code.test": "簽名用的是測試鑰匙，人人都有，所以現在還什麼也證明不了。",
  "code.self-built": "這份程式碼沒有人簽名",
  "code.ownNote": "它是你的伺服器自己編譯的，只有架伺服器的人為它擔保。",
  "code.doubtful": "這份程式碼和發布的對不上",
  "code.doubtfulNote": "請告訴架伺服器的人。心裡沒底，先別輸應用鎖的密碼，把全部內容裝成一個檔案帶走。",
  "code.dev": "這是開發用的，沒有裝在瀏覽器裡",
  "code.different": "不一樣的檔案：{paths}",
  "code.why.unsigned": "沒有人簽名",
  "code.why.too-few": "簽名的人不夠",
  "code.why.malformed": "簽名不對，發布以後被改過",
  "code.why.older": "比這裡用過的版本舊",
  "code.why.rival": "同一個版本號，卻是另一份",
  "code.why.other-code": "簽了名的是另一份程式碼",
  "code.notTaken": "伺服器給了一個不是發布的版本，沒有裝上",
  "code.notTakenNote": "伺服器給了一個不是發布的版本，沒有裝上：{why}。你用的還是原來的。",
  "code.version": "版本",
  "code.commit": "出自",
  "code.signers": "簽名的人",
  "code.files": "查過的檔案",
  "code.filesOf": "存著的 {kept} 個都對",
  "code.print": "指紋",
  "code.at": "查的時間",
  "code.again": "再查一次",
  "code.limit":
    "頁面不能替自己作證：第一次打開時，信的是伺服器。想更放心，請懂電腦的家人在另一台電腦上用 yanshu verify 查這台伺服器。",
};

const en: Record<CodeId, string> = {
  "code.title": "This code",
  "code.row": "See whether it is the released one",
  "code.looking": "Looking…",
  "code.released": "This is the released code",
  "code.releasedNote": "At least two people signed it. A new version that fewer signed is not installed.",
  "code.test": "It was signed with test keys, which everybody has, so for now this proves nothing.",
  "code.self-built": "Nobody signed this code",
  "code.ownNote": "It was built on your server. Only the person who runs the server vouches for it.",
  "code.doubtful": "This code is not as it was released",
  "code.doubtfulNote":
    "Tell the person who runs the server. If in doubt, don’t type the code of your app lock, and take everything with you in one file first.",
  "code.dev": "This is for development and not installed in the browser",
  "code.different": "Files that differ: {paths}",
  "code.why.unsigned": "nobody signed it",
  "code.why.too-few": "too few people signed it",
  "code.why.malformed": "its signatures are wrong, it was changed",
  "code.why.older": "it is older than a version that was used here",
  "code.why.rival": "it has the same number and other contents",
  "code.why.other-code": "what was signed is other code",
  "code.notTaken": "Your server offered a version that is not a release. It was not installed",
  "code.notTakenNote":
    "Your server offered a version that is not a release, and it was not installed: {why}. You still have the one from before.",
  "code.version": "Version",
  "code.commit": "Built from",
  "code.signers": "Signed by",
  "code.files": "Files checked",
  "code.filesOf": "All {kept} kept here are right",
  "code.print": "Fingerprint",
  "code.at": "Checked",
  "code.again": "Check again",
  "code.limit":
    "A page can’t vouch for itself: when it was first opened, it trusted the server. To be surer, ask somebody to check this server from another computer with yanshu verify.",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<CodeId, string> {}
}
