/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "scan.title": "扫一扫",
  "scan.hint": "对准二维码",
  "scan.noCamera": "用不了相机。可以贴链接，或选一张有二维码的图片。",
  "scan.paste": "贴链接",
  "scan.pasteOrName": "贴链接，或输入雁书号",
  "scan.pasteHint": "把链接贴在这里",
  "scan.pasteOrNameHint": "链接或 @雁书号",
  "scan.open": "打开",
  "scan.picture": "从图片里找",
  "scan.nothing": "图片里没有二维码",
};
export type ScanId = keyof typeof zhHans;

const zhHant: Record<ScanId, string> = {
  "scan.title": "掃一掃",
  "scan.hint": "對準 QR 碼",
  "scan.noCamera": "用不了相機。可以貼連結，或選一張有 QR 碼的圖片。",
  "scan.paste": "貼連結",
  "scan.pasteOrName": "貼連結，或輸入雁書號",
  "scan.pasteHint": "把連結貼在這裡",
  "scan.pasteOrNameHint": "連結或 @雁書號",
  "scan.open": "開啟",
  "scan.picture": "從圖片裡找",
  "scan.nothing": "圖片裡沒有 QR 碼",
};

const en: Record<ScanId, string> = {
  "scan.title": "Scan",
  "scan.hint": "Point at a QR code",
  "scan.noCamera": "No camera here. Paste a link, or choose a picture of a code.",
  "scan.paste": "Paste a link",
  "scan.pasteOrName": "Paste a link, or type a Yanshu ID",
  "scan.pasteHint": "Paste the link here",
  "scan.pasteOrNameHint": "A link, or @id",
  "scan.open": "Open",
  "scan.picture": "From a picture",
  "scan.nothing": "No code in that picture",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ScanId[] = ["scan.title", "scan.pasteHint"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ScanId, string> {}
}
