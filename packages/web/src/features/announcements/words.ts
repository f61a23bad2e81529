/** The words of this feature (docs/spec/web.md WE10). */
const zhHans = {
  "announce.title": "群公告",
  "announce.hint": "写给大家的话",
  "announce.note": "每个人都会收到提醒，新来的人也看得到。",
  "announce.save": "告诉大家",
  "announce.takeDown": "撤下公告",
  "announce.write": "改一改",
  "announce.done": "公告写好了",
  "sys.announced": "{by}发了公告：{text}",
  "sys.unannounced": "{by}撤下了公告",
};
export type AnnouncementsId = keyof typeof zhHans;

const zhHant: Record<AnnouncementsId, string> = {
  "announce.title": "群組公告",
  "announce.hint": "寫給大家的話",
  "announce.note": "每個人都會收到提醒，新來的人也看得到。",
  "announce.save": "告訴大家",
  "announce.takeDown": "撤下公告",
  "announce.write": "改一改",
  "announce.done": "公告寫好了",
  "sys.announced": "{by}發了公告：{text}",
  "sys.unannounced": "{by}撤下了公告",
};

const en: Record<AnnouncementsId, string> = {
  "announce.title": "Announcement",
  "announce.hint": "A word to everybody",
  "announce.note": "Everybody is told, and newcomers see it too.",
  "announce.save": "Tell everybody",
  "announce.takeDown": "Take it down",
  "announce.write": "Change it",
  "announce.done": "The announcement is up",
  "sys.announced": "{by} announced: {text}",
  "sys.unannounced": "{by} took the announcement down",
};

export const messages = { "zh-Hans": zhHans, "zh-Hant": zhHant, en };
/** What a first screen says (docs/spec/web.md WE12). */
export const first: readonly AnnouncementsId[] = ["sys.announced", "sys.unannounced"];

declare module "../../locales/i18n.ts" {
  interface FeatureWords extends Record<AnnouncementsId, string> {}
}
