/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "handle.title": "雁书号",
  "handle.note": "取一个号，朋友在“添加朋友”里输入它就能找到你。不取也行。",
  "handle.rule": "4 到 32 个：小写字母、数字、点、横线、下划线，字母开头。",
  "handle.rests": "换掉的号三个月内别人不能取。三个月里最多换两次。",
  "handle.drop": "不要雁书号了",
  "handle.saved": "好了，朋友可以用 {handle} 找你",
  "handle.dropped": "雁书号已经去掉",
  "handle.found": "别人可以用雁书号找我",
  "handle.foundNote": "号要一字不差才找得到，没有名单可翻。关掉后号还是你的。",
  "error.bad-handle": "雁书号要 4 到 32 个小写字母、数字、点、横线或下划线，字母开头",
  "error.handle-taken": "这个号有人用了，换一个",
  "error.no-such-handle": "没有这个号，或者对方不想被找到",
};
export type UsernamesId = keyof typeof zhHans;

const zhHant: Record<UsernamesId, string> = {
  "handle.title": "雁書號",
  "handle.note": "取一個號，朋友在「加好友」裡輸入它就能找到你。不取也行。",
  "handle.rule": "4 到 32 個：小寫字母、數字、點、橫線、底線，字母開頭。",
  "handle.rests": "換掉的號三個月內別人不能取。三個月裡最多換兩次。",
  "handle.drop": "不要雁書號了",
  "handle.saved": "好了，朋友可以用 {handle} 找你",
  "handle.dropped": "雁書號已經去掉",
  "handle.found": "別人可以用雁書號找我",
  "handle.foundNote": "號要一字不差才找得到，沒有名單可翻。關掉後號還是你的。",
  "error.bad-handle": "雁書號要 4 到 32 個小寫字母、數字、點、橫線或底線，字母開頭",
  "error.handle-taken": "這個號有人用了，換一個",
  "error.no-such-handle": "沒有這個號，或者對方不想被找到",
};

const en: Record<UsernamesId, string> = {
  "handle.title": "Yanshu ID",
  "handle.note": "Choose one, and friends find you by typing it under Add. You can do without.",
  "handle.rule": "4 to 32: small letters, digits, dots, hyphens and underscores, a letter first.",
  "handle.rests": "Nobody else can take an ID that you gave up for three months. You can change it twice in that time.",
  "handle.drop": "Give up my ID",
  "handle.saved": "Done. Friends can find you as {handle}",
  "handle.dropped": "Your ID is gone",
  "handle.found": "Others may find me by my ID",
  "handle.foundNote": "Only the exact ID finds you; there is no list to look through. Once off, it stays yours.",
  "error.bad-handle": "An ID has 4 to 32 small letters, digits, dots, hyphens or underscores, a letter first",
  "error.handle-taken": "Somebody has this ID. Try another",
  "error.no-such-handle": "Nobody has this ID, or they don’t want to be found",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<UsernamesId, string> {}
}
