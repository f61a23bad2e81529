/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.pin": "置顶",
  "pin.off": "取下置顶",
  "pin.more": "还有 {n} 条置顶",
  "pin.fewer": "收起",
  "error.too-many-pins": "已经置顶了三条，先取下一条",
};
export type PinsId = keyof typeof zhHans;

const zhHant: Record<PinsId, string> = {
  "menu.pin": "釘選",
  "pin.off": "取消釘選",
  "pin.more": "還有 {n} 則釘選",
  "pin.fewer": "收起",
  "error.too-many-pins": "已經釘選了三則，先取下一則",
};

const en: Record<PinsId, string> = {
  "menu.pin": "Pin",
  "pin.off": "Unpin",
  "pin.more": "{n} more pinned",
  "pin.fewer": "Show less",
  "error.too-many-pins": "Three are pinned already. Take one down first",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly PinsId[] = ["pin.off", "pin.more", "pin.fewer"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<PinsId, string> {}
}
