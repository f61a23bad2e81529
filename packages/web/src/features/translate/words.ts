/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.translate": "翻译",
  "translate.off": "收起译文",
  "translate.by": "本机翻译",
  "translate.working": "正在翻译…",
  "translate.fetching": "正在取词典，{n}%",
  "translate.failed": "没翻译出来，过一会儿再试",
  "translate.fetch": "先取一本词典？",
  "translate.fetchNote": "浏览器向厂商取一次，留在这台设备上。写的信不会跟着出去。",
  "translate.fetchDo": "去取",
  "translate.both": "外语两行都显示",
  "translate.bothNote": "原文下面加一行译文",
  "translate.can": "这个浏览器能翻译：按住一封信，点“翻译”。信不会离开这台设备。",
  "translate.none":
    "这台设备还不会翻译。电脑上的 Chrome 138、Edge 148 起可以，信不用离开设备；别的浏览器没有这个保证。",
};
export type TranslateId = keyof typeof zhHans;

const zhHant: Record<TranslateId, string> = {
  "menu.translate": "翻譯",
  "translate.off": "收起譯文",
  "translate.by": "本機翻譯",
  "translate.working": "正在翻譯…",
  "translate.fetching": "正在取得詞典，{n}%",
  "translate.failed": "沒翻譯出來，等一下再試",
  "translate.fetch": "先取一本詞典？",
  "translate.fetchNote": "瀏覽器向廠商取一次，留在這台裝置上。寫的信不會跟著出去。",
  "translate.fetchDo": "去取",
  "translate.both": "外語兩行都顯示",
  "translate.bothNote": "原文下面加一行譯文",
  "translate.can": "這個瀏覽器能翻譯：按住一封信，點「翻譯」。信不會離開這台裝置。",
  "translate.none":
    "這台裝置還不會翻譯。電腦上的 Chrome 138、Edge 148 起可以，信不用離開裝置；別的瀏覽器沒有這個保證。",
};

const en: Record<TranslateId, string> = {
  "menu.translate": "Translate",
  "translate.off": "Hide translation",
  "translate.by": "Translated on this device",
  "translate.working": "Translating…",
  "translate.fetching": "Fetching the dictionary, {n}%",
  "translate.failed": "Not translated. Try again in a while",
  "translate.fetch": "Fetch a dictionary first?",
  "translate.fetchNote": "Your browser gets it once from its maker and keeps it here. No letter goes along.",
  "translate.fetchDo": "Fetch it",
  "translate.both": "Both lines for other languages",
  "translate.bothNote": "A translation under the original",
  "translate.can": "This browser can translate: hold a letter and choose Translate. No letter leaves this device.",
  "translate.none":
    "This device can’t translate yet. Chrome 138, Edge 148 and later can, on a computer, and no letter leaves it; other browsers do not promise that.",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<TranslateId, string> {}
}
