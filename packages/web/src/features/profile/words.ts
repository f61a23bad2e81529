/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "name.picture": "选一张照片",
  "name.noPicture": "不用照片",
  "pat.label": "拍一拍后面跟的话（可不填）",
  "pat.note": "别人拍你，会看到“拍了拍你{words}”。",
  "profile.save": "保存",
  "profile.saved": "存好了",
  "crop.title": "移动和裁剪",
  "crop.hint": "拖动照片，框里的就是头像",
  "crop.zoom": "放大",
  "crop.turn": "转一下",
  "crop.done": "用这张",
};
export type ProfileId = keyof typeof zhHans;

const zhHant: Record<ProfileId, string> = {
  "name.picture": "選一張照片",
  "name.noPicture": "不用照片",
  "pat.label": "拍一拍後面跟的話（可不填）",
  "pat.note": "別人拍你，會看到「拍了拍你{words}」。",
  "profile.save": "儲存",
  "profile.saved": "存好了",
  "crop.title": "移動和裁剪",
  "crop.hint": "拖動照片，框裡的就是大頭貼",
  "crop.zoom": "放大",
  "crop.turn": "轉一下",
  "crop.done": "用這張",
};

const en: Record<ProfileId, string> = {
  "name.picture": "Choose a picture",
  "name.noPicture": "No picture",
  "pat.label": "Words after a pat (optional)",
  "pat.note": "When others pat you they see “patted you {words}”.",
  "profile.save": "Save",
  "profile.saved": "Saved",
  "crop.title": "Move and crop",
  "crop.hint": "Drag the photo: what’s in the frame is your picture",
  "crop.zoom": "Zoom",
  "crop.turn": "Turn",
  "crop.done": "Use this photo",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly ProfileId[] = ["name.picture", "name.noPicture"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<ProfileId, string> {}
}
