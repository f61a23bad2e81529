/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "menu.edit": "编辑",
  "edit.done": "改过",
  "edit.now": "正在修改：{words}",
  "edit.history": "改过的样子",
};
export type EditsId = keyof typeof zhHans;

const zhHant: Record<EditsId, string> = {
  "menu.edit": "編輯",
  "edit.done": "改過",
  "edit.now": "正在修改：{words}",
  "edit.history": "改過的樣子",
};

const en: Record<EditsId, string> = {
  "menu.edit": "Edit",
  "edit.done": "edited",
  "edit.now": "Editing: {words}",
  "edit.history": "How it changed",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly EditsId[] = ["menu.edit", "edit.done", "edit.now"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<EditsId, string> {}
}
